import { type Booking, type Claim, type ClaimChanges, isSamePair } from '../../../domain/booking.ts';
import { countOf } from '../../../domain/call-route.ts';
import type { SlotContent } from '../../../domain/pool.ts';
import type { TransactStep } from '../transaction.ts';
import {
  type ClaimRefusal,
  giveSlot,
  type KeptTables,
  keepHolding,
  keepLink,
  keepPair,
  linkPhoneNumbers,
  moveHolding,
  noteHolding,
  slotsByNumber,
  takePair,
} from './claim-steps.ts';
import type { CountedPair } from './counted-pairs.ts';

/** A change of a booking, as far as its claims are concerned. */
export interface BookingChange {
  readonly after: Booking;
  readonly changes: ClaimChanges;
  /** The pairs of the booking before, with their counts; empty when no count has to be carried over. */
  readonly pairs: readonly CountedPair[];
  /** The pairs whose links would be swept before the booking, as it now ends later. */
  readonly outlived: readonly CountedPair[];
  /** The slots of numbers that are new to the booking. */
  readonly given: readonly SlotContent[];
  readonly nowMs: number;
}

/**
 * The writes by which the claims of a booking follow its change.
 *
 * New pairs take over the calls counted so far, so no limit begins anew with another number. None is lost on the
 * way: the count is written only while every pair it was read from still has it, and whoever counts a call does so
 * only while the booking is the one whose pairs were read. Whichever of the two comes second looks again.
 */
export function changeSteps(
  tables: KeptTables,
  { after, changes, pairs, outlived, given, nowMs }: BookingChange,
): TransactStep<ClaimRefusal>[] {
  const { kept, redirected, added, dropped } = changes;
  const endReason = after.storedStatus === 'active' ? undefined : after.storedStatus;
  const left: Booking = { ...after, endedAtMs: nowMs };
  const slots = slotsByNumber(given);
  const counted = pairs.length > 0 ? countOf(pairs.map(({ route }) => route)) : undefined;
  const seenCalls = (one: Claim) => pairs.find(({ claim }) => isSamePair(claim, one))?.route.callCount;
  // Whoever can newly call or be called must not be on the blocklist.
  const reached = new Set(
    [...added, ...redirected].flatMap((one) => [one.caller.reveal(), one.callee.reveal()]),
  );
  const moves = added.flatMap((one) => {
    const from = dropped.find((other) => other.caller.equals(one.caller));
    return from === undefined ? [] : [{ from, to: one }];
  });
  return [
    ...kept.flatMap((one) => [
      keepPair(tables, after, one, nowMs, {
        endReason,
        redirected: redirected.includes(one),
        seenCalls: seenCalls(one),
      }),
      keepHolding(tables, after, one, reached.has(one.caller.reveal())),
    ]),
    // A pair that was left reaches nobody any more, and so names nobody but its caller, by whose link it is found.
    ...dropped.map((one) =>
      keepPair(tables, left, { ...one, callee: one.caller }, nowMs, {
        endReason: 'replaced',
        seenCalls: seenCalls(one),
      }),
    ),
    ...dropped
      .filter((one) => !moves.some(({ from }) => from === one))
      .map((one) => keepHolding(tables, left, one)),
    ...added.map((one) => takePair(tables, after, one, nowMs, counted)),
    ...moves.map(({ from, to }) => {
      const slot = slots.get(to.virtualNumber.reveal());
      return moveHolding(tables, { booking: left, claim: from }, { booking: after, claim: to, slot }, nowMs);
    }),
    ...added
      .filter((one) => !moves.some(({ to }) => to === one))
      .map((one) => noteHolding(tables, after, one, slots.get(one.virtualNumber.reveal()), [], nowMs)),
    ...linkPhoneNumbers(tables, after, added, nowMs),
    ...outlived
      .filter(({ claim }) => kept.some((one) => isSamePair(one, claim)))
      .map(({ claim, fromMs }) => keepLink(tables, after, claim, fromMs)),
    ...given.map((content) => giveSlot(tables, content, nowMs)),
  ];
}
