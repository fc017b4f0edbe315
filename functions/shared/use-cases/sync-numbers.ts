import { countryOf } from '../domain/number-class.ts';
import type { PoolNumber } from '../domain/pool.ts';
import type { OwnedVirtualNumber, VirtualNumberInventory } from '../ports/eight-by-eight-account.ts';
import type { NumberStore } from '../ports/number-store.ts';

/** What became of the numbers, each counted once. */
export interface NumberSyncReport {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Numbers of the pool that 8x8 no longer lists: they get no new bookings. */
  readonly missing: number;
  /** A state nobody knows, or a new number without a country: left as they were. */
  readonly unreadable: number;
  /** Whether the list can be trusted about what it leaves out; if not, no number was taken for missing. */
  readonly complete: boolean;
}

export interface NumberSyncDependencies {
  readonly inventory: VirtualNumberInventory;
  readonly numbers: NumberStore;
  readonly nowMs: () => number;
}

const PAGE_SIZE = 100;

/**
 * Makes the pool what 8x8 says it is.
 *
 * A number that a complete list leaves out becomes `inactive` at once: somebody released it, and each booking on it
 * would be one whose calls never come. Nothing is lost if 8x8 was wrong, because live bookings keep the number and
 * the next list that has it makes it active again. The exception is a list that has none of our numbers: that is
 * more likely another sub-account, or a list that broke, than a pool that was released overnight.
 *
 * `draining` is somebody's wish to take a number out, and stays.
 *
 * @throws EightByEightError when the list cannot be had; nothing was changed then.
 */
export async function syncNumbers(deps: NumberSyncDependencies): Promise<NumberSyncReport> {
  const { numbers, nowMs } = deps;
  const list = await deps.inventory.virtualNumbers();
  const known = await readPool(numbers);
  const listed = new Set(list.numbers.map(({ number }) => number.reveal()));
  const complete = list.complete && (known.size === 0 || [...known.keys()].some((text) => listed.has(text)));
  const report = { added: 0, changed: 0, unchanged: 0, missing: 0, unreadable: 0, complete };

  for (const owned of list.numbers) {
    report[await takeOver(owned, known.get(owned.number.reveal()), numbers, nowMs())] += 1;
  }
  const missing = complete
    ? [...known].filter(([text]) => !listed.has(text)).map(([, number]) => number)
    : [];
  for (const { virtualNumber, country, state } of missing) {
    report.missing += 1;
    if (state !== 'inactive' && state !== 'draining') {
      await numbers.putNumber({ virtualNumber, country, state: 'inactive' }, nowMs());
    }
  }
  return report;
}

async function readPool(numbers: NumberStore): Promise<Map<string, PoolNumber>> {
  const pool = new Map<string, PoolNumber>();
  let cursor: string | null = null;
  do {
    const page = await numbers.listNumbers({ limit: PAGE_SIZE, ...(cursor !== null && { cursor }) });
    for (const number of page.items) pool.set(number.virtualNumber.reveal(), number);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return pool;
}

async function takeOver(
  { number: virtualNumber, state, country: listedCountry, updatedAtMs }: OwnedVirtualNumber,
  before: PoolNumber | undefined,
  numbers: NumberStore,
  nowMs: number,
): Promise<'added' | 'changed' | 'unchanged' | 'unreadable'> {
  const country = before?.country ?? countryOf(virtualNumber) ?? listedCountry;
  if (state === undefined || country === undefined) return 'unreadable';
  if (before?.state === state || before?.state === 'draining') return 'unchanged';
  const { applied } = await numbers.putNumber(
    { virtualNumber, country, state, ...(updatedAtMs !== undefined && { platformUpdatedAtMs: updatedAtMs }) },
    nowMs,
  );
  if (!applied) return 'unchanged';
  return before === undefined ? 'added' : 'changed';
}
