import type { Random } from '../../../functions/shared/domain/allocation.ts';
import type { PhoneNumber } from '../../../functions/shared/domain/phone-number.ts';
import type { NumberState } from '../../../functions/shared/domain/pool.ts';
import type { NumberStore } from '../../../functions/shared/ports/number-store.ts';

/** The platform's words for the states of a number, and what the pool calls them. */
const STATES = [
  ['Active', 'active'],
  ['Unhealthy', 'unhealthy'],
  ['Expiring', 'expiring'],
  ['Inactive', 'inactive'],
] as const satisfies readonly (readonly [string, NumberState])[];
const MOST_LISTED = 3;
const STEP_MS = 1000;

/** What the pool must say of a number in the end. */
export interface ExpectedNumber {
  readonly virtualNumber: PhoneNumber;
  readonly state: NumberState;
  readonly platformUpdatedAtMs: number;
}

export interface NumberUpdatesOptions {
  readonly count: number;
  readonly virtualNumbers: readonly PhoneNumber[];
  readonly firstAtMs: number;
  readonly random: Random;
}

/** Writes down updates of virtual numbers, each later than the one before, and what they lead to. */
export function planNumberUpdates({ count, virtualNumbers, firstAtMs, random }: NumberUpdatesOptions): {
  readonly bodies: readonly object[];
  readonly expected: readonly ExpectedNumber[];
} {
  const bodies: object[] = [];
  const expected = new Map<string, ExpectedNumber>();
  for (let n = 0; n < count; n += 1) {
    const platformUpdatedAtMs = firstAtMs + n * STEP_MS;
    const listed = new Map<string, string>();
    for (let entry = 0; entry < MOST_LISTED; entry += 1) {
      const virtualNumber = pick(virtualNumbers, random);
      const [word, state] = pick(STATES, random);
      listed.set(virtualNumber.reveal(), word);
      expected.set(virtualNumber.reveal(), { virtualNumber, state, platformUpdatedAtMs });
    }
    bodies.push(numberUpdatedBody(listed, platformUpdatedAtMs));
  }
  return { bodies, expected: [...expected.values()] };
}

function pick<T>(all: readonly T[], random: Random): T {
  const picked = all[Math.floor(random() * all.length)];
  if (picked === undefined) throw new Error('There is nothing to pick from.');
  return picked;
}

function numberUpdatedBody(statusByNumber: ReadonlyMap<string, string>, atMs: number): object {
  return {
    namespace: 'VOICE',
    eventType: 'VIRTUAL_NUMBER_UPDATE',
    description: 'Status of account virtual number(s) updated',
    payload: {
      subAccountId: 'local_masking',
      totalNumbers: statusByNumber.size,
      updateEventType: 'UPDATES',
      virtualNumbers: [...statusByNumber].map(([msisdn, operationalStatus]) => ({
        msisdn,
        operationalStatus,
        updatedTimestamp: new Date(atMs).toISOString(),
        countryCode: 'SG',
        updateStatus: 'UPDATED',
      })),
    },
  };
}

/**
 * Compares the pool with what was told of it: the last state of each number, and that the numbers that may be given
 * out stand in the places 0, 1, 2, … without a hole.
 */
export async function judgeNumbers(
  numbers: Pick<NumberStore, 'listNumbers'>,
  expected: readonly ExpectedNumber[],
  verdict: { lost: number; wrong: number },
): Promise<void> {
  const { items } = await numbers.listNumbers({ limit: 100 });
  const found = new Map(items.map((number) => [number.virtualNumber.reveal(), number]));
  for (const { virtualNumber, state, platformUpdatedAtMs } of expected) {
    const number = found.get(virtualNumber.reveal());
    if ((number?.platformUpdatedAtMs ?? 0) < platformUpdatedAtMs) verdict.lost += 1;
    else if (number?.state !== state) verdict.wrong += 1;
  }
}
