import type { PhoneNumber } from '../domain/phone-number.ts';
import { type PoolNumber, WITHDRAWN_BEFORE_REMOVAL_MS } from '../domain/pool.ts';
import { ProblemError } from '../domain/problems.ts';
import type { NumberStore } from '../ports/number-store.ts';

/** What became of a number that was to leave the pool. */
export type NumberRemoval =
  | { readonly kind: 'removed' }
  | {
      readonly kind: 'draining';
      readonly number: PoolNumber;
      /** Claims that are live or resting. */
      readonly liveClaims: number;
      readonly removableAtMs: number;
    };

/**
 * Takes a number out of the pool. It is withdrawn first; from when nobody can still go by an old view of the pool, the
 * count of its claims can only fall, and when that is nothing the number goes.
 *
 * @throws ProblemError NUMBER_NOT_FOUND.
 */
export async function removeNumber(
  virtualNumber: PhoneNumber,
  { numbers, nowMs }: { readonly numbers: NumberStore; readonly nowMs: () => number },
): Promise<NumberRemoval> {
  const before = await numbers.findNumber(virtualNumber);
  if (before === undefined) {
    throw new ProblemError('NUMBER_NOT_FOUND', 'The number was never added, or has been removed.');
  }
  const number = before.state === 'active' ? await withdraw(before, { numbers, nowMs: nowMs() }) : before;
  const removableAtMs = (number.withdrawnAtMs ?? nowMs()) + WITHDRAWN_BEFORE_REMOVAL_MS;
  const isSettled = nowMs() >= removableAtMs;
  const liveClaims = await numbers.countLiveClaims(virtualNumber, nowMs());
  const outcome = isSettled && liveClaims === 0 ? await numbers.removeNumber(virtualNumber) : undefined;
  if (outcome === 'removed') return { kind: 'removed' };
  // Somebody gave it out again in between: that was a wish as good as this one, and the later.
  const asItStands = outcome === undefined ? number : ((await numbers.findNumber(virtualNumber)) ?? number);
  return { kind: 'draining', number: asItStands, liveClaims, removableAtMs };
}

async function withdraw(
  { virtualNumber, country }: PoolNumber,
  { numbers, nowMs }: { readonly numbers: NumberStore; readonly nowMs: number },
): Promise<PoolNumber> {
  return (await numbers.putNumber({ virtualNumber, country, state: 'draining' }, nowMs)).number;
}
