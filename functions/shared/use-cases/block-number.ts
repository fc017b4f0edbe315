import { type Booking, type Claim, claimsOf } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import { ProblemError } from '../domain/problems.ts';
import type { Block, BlocklistStore } from '../ports/blocklist.ts';

/**
 * A claim connects no call while its caller or its callee is on the blocklist. The claim itself says so, since it
 * is all that a call reads. The order of the writes keeps this true whoever else is at work:
 *
 * - Blocking first refuses the number to every later claim, then stops the claims there are. What a booking gains
 *   in between is refused, so the claims found afterwards are all there can be.
 * - Unblocking first takes the refusal back, then releases the claims, each only while neither of its numbers is
 *   blocked. A block that comes in between stops them again, or keeps them from being released.
 *
 * Either may be interrupted and repeated: it finds what was left.
 */

/** Claims written at a time. The numbers that one person can hold bound their count to a few thousand. */
const AT_ONCE = 16;

interface BlocklistDependencies {
  readonly blocklist: BlocklistStore;
  readonly nowMs: () => number;
}

/** @returns the block, when no call of the number connects any more. */
export async function blockNumber(
  phoneNumber: PhoneNumber,
  reason: string,
  { blocklist, nowMs }: BlocklistDependencies,
): Promise<Block> {
  const block = await blocklist.add(phoneNumber, reason, nowMs());
  await onClaimsOf(phoneNumber, blocklist, nowMs(), blocklist.stop);
  return block;
}

/** @throws ProblemError BLOCK_NOT_FOUND when there was neither a block nor anything that one had left behind. */
export async function unblockNumber(
  phoneNumber: PhoneNumber,
  { blocklist, nowMs }: BlocklistDependencies,
): Promise<void> {
  const removed = await blocklist.remove(phoneNumber, nowMs());
  const released = await onClaimsOf(phoneNumber, blocklist, nowMs(), blocklist.release);
  if (removed || released.includes(true)) return;
  throw new ProblemError(
    'BLOCK_NOT_FOUND',
    'The number was never blocked, or its block has been removed before.',
  );
}

async function onClaimsOf<Result>(
  phoneNumber: PhoneNumber,
  blocklist: BlocklistStore,
  nowMs: number,
  write: (booking: Booking, claim: Claim) => Promise<Result>,
): Promise<Result[]> {
  const bookings = await blocklist.bookingsOf(phoneNumber, nowMs);
  const touched = bookings.flatMap((booking) =>
    claimsOf(booking)
      .filter(({ caller, callee }) => caller.equals(phoneNumber) || callee.equals(phoneNumber))
      .map((claim) => ({ booking, claim })),
  );
  const results: Result[] = [];
  for (let from = 0; from < touched.length; from += AT_ONCE) {
    const some = touched.slice(from, from + AT_ONCE);
    results.push(...(await Promise.all(some.map(({ booking, claim }) => write(booking, claim)))));
  }
  return results;
}
