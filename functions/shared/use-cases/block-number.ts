import { type Booking, claimsOf } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import { ProblemError } from '../domain/problems.ts';
import type { Block, BlocklistStore, SeenClaim } from '../ports/blocklist.ts';

/**
 * A claim connects no call while its caller or its callee is on the blocklist. The claim itself says so, since it
 * is all that a call reads. The order of the writes keeps this true whoever else is at work:
 *
 * - Blocking first marks the person, then stops the claims that the links of the person lead to. A claim that is
 *   written later finds the mark when its booking is looked at once more after its commit.
 * - Unblocking first takes the mark away, then releases the claims.
 * - Each claim is stopped only while the mark stands, and released only while neither of its numbers is marked, in the
 *   same transaction: whichever of a block and its removal comes last, the claims follow it.
 *
 * Either may be interrupted and repeated: it finds what was left.
 */

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
  for await (const bookings of blocklist.bookingsOf(phoneNumber, nowMs())) {
    await blocklist.stop(
      phoneNumber,
      bookings.flatMap((booking) => claimsTouching(phoneNumber, booking)),
    );
  }
  return block;
}

/** @throws ProblemError BLOCK_NOT_FOUND when there was neither a block nor anything that one had left behind. */
export async function unblockNumber(
  phoneNumber: PhoneNumber,
  { blocklist, nowMs }: BlocklistDependencies,
): Promise<void> {
  const removed = await blocklist.remove(phoneNumber, nowMs());
  let released = 0;
  for await (const bookings of blocklist.bookingsOf(phoneNumber, nowMs())) {
    released += await blocklist.release(bookings.flatMap((booking) => claimsTouching(phoneNumber, booking)));
  }
  if (removed || released > 0) return;
  throw new ProblemError(
    'BLOCK_NOT_FOUND',
    'The number was never blocked, or its block has been removed before.',
  );
}

/** The claims of a booking by which a person calls or is called. */
export function claimsTouching(person: PhoneNumber, booking: Booking): SeenClaim[] {
  return claimsOf(booking)
    .filter(({ caller, callee }) => caller.isSameLine(person) || callee.isSameLine(person))
    .map((claim) => ({ bookingId: booking.bookingId, claim }));
}
