import { countryOf } from '../domain/number-class.ts';
import type { NumberState } from '../domain/pool.ts';
import type { NumberUpdatedEvent, VirtualNumberState } from '../domain/webhook-events.ts';
import type { NumberStore } from '../ports/number-store.ts';

/** 8x8's words for the states of a number, and ours. */
const statesOfPlatform = new Map<string, NumberState>([
  ['ACTIVE', 'active'],
  ['UNHEALTHY', 'unhealthy'],
  ['EXPIRING', 'expiring'],
  ['INACTIVE', 'inactive'],
]);

/** What became of the numbers of an event. */
export interface NumberUpdateReport {
  readonly applied: number;
  /** Older than what was known, or nothing new. */
  readonly ignored: number;
  /** A state nobody knows, or a new number without a country: a person should look. */
  readonly unreadable: number;
}

/**
 * Takes over what 8x8 says about its numbers. Each is applied by its own time, so that an event that comes twice
 * or late changes nothing. Numbers that an event does not list are left alone: only the full list of the
 * management API tells that a number is gone.
 */
export async function applyNumberUpdate(
  event: NumberUpdatedEvent,
  store: NumberStore,
  nowMs: number,
): Promise<NumberUpdateReport> {
  const report = { applied: 0, ignored: 0, unreadable: event.unreadableEntries };
  for (const entry of event.numbers) report[await applyOne(entry, store, nowMs)] += 1;
  return report;
}

async function applyOne(
  entry: VirtualNumberState,
  store: NumberStore,
  nowMs: number,
): Promise<keyof NumberUpdateReport> {
  const state = statesOfPlatform.get(entry.operationalStatus ?? '');
  const known = await store.findNumber(entry.number);
  const country = known?.country ?? countryOf(entry.number) ?? entry.countryCode;
  if (state === undefined || country === undefined) return 'unreadable';
  // What came before and comes again must not undo what somebody of ours has changed since.
  if (entry.updatedAtMs !== undefined && entry.updatedAtMs <= (known?.platformUpdatedAtMs ?? 0))
    return 'ignored';
  // Draining is our wish and ends by removal; that the number works does not change it.
  if (known?.state === 'draining' && state === 'active') return 'ignored';
  const { applied } = await store.putNumber(
    {
      virtualNumber: entry.number,
      country,
      state,
      ...(entry.updatedAtMs !== undefined && { platformUpdatedAtMs: entry.updatedAtMs }),
    },
    nowMs,
  );
  return applied ? 'applied' : 'ignored';
}
