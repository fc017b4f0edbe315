import { type Booking, type Claim, type ClaimChanges, claimText } from '../../../domain/booking.ts';
import { countOf } from '../../../domain/call-route.ts';
import {
  type BookingStep,
  type KeptTables,
  keepClaim,
  keepLink,
  linkPhoneNumbers,
  takeClaim,
} from './claim-steps.ts';
import type { CountedClaim } from './counted-claims.ts';

/** A change of a booking, as far as its claims are concerned. */
export interface BookingChange {
  readonly before: Booking;
  readonly after: Booking;
  readonly changes: ClaimChanges;
  /** The claims of the booking before, with their counts; empty when no count has to be carried over. */
  readonly counted: readonly CountedClaim[];
  /** The claims whose links would be swept before the booking, as it now ends later. */
  readonly outlived: readonly CountedClaim[];
  readonly nowMs: number;
}

/**
 * The writes by which the claims of a booking follow its change.
 *
 * New claims take over the calls counted so far, so no limit begins anew with another number. None is lost on the
 * way: the count is written only while every claim it was read from still has it, and whoever counts a call does so
 * only while the booking is the one whose claims were read. Whichever of the two comes second looks again.
 */
export function changeSteps(
  tables: KeptTables,
  { before, after, changes, counted, outlived, nowMs }: BookingChange,
): BookingStep[] {
  const { kept, redirected, added, dropped } = changes;
  const endReason = after.storedStatus === 'active' ? undefined : after.storedStatus;
  const left: Booking = { ...after, endedAtMs: nowMs };
  const count = counted.length > 0 ? countOf(counted.map(({ route }) => route)) : undefined;
  const isSame = (one: Claim) => (other: CountedClaim) => claimText(one) === claimText(other.claim);
  const seenCalls = (one: Claim) => counted.find(isSame(one))?.route.callCount;
  return [
    ...kept.map((one) =>
      keepClaim(tables, after, one, nowMs, {
        endReason,
        redirected: redirected.includes(one),
        seenCalls: seenCalls(one),
      }),
    ),
    // A claim that was left reaches nobody any more, and so names nobody but its caller, by whose link it is found.
    ...dropped.map((one) =>
      keepClaim(tables, left, { ...one, callee: one.caller }, nowMs, {
        endReason: 'replaced',
        seenCalls: seenCalls(one),
      }),
    ),
    ...added.map((one) => takeClaim(tables, after, one, { nowMs, counted: count })),
    ...linkPhoneNumbers(tables, after, added, {
      fromMs: nowMs,
      indexed: before.parties.map(({ virtualNumber }) => virtualNumber),
    }),
    ...outlived.flatMap(({ claim, fromMs }) =>
      kept.some((one) => claimText(one) === claimText(claim)) ? [keepLink(tables, after, claim, fromMs)] : [],
    ),
  ];
}
