import { type Booking, blockedUntilMs, type Claim } from '../../../domain/booking.ts';
import type { CallCount, CallLimits, ClaimEndReason } from '../../../domain/call-route.ts';
import type { PhoneNumber } from '../../../domain/phone-number.ts';
import type { Holding, SlotContent, SlotRef } from '../../../domain/pool.ts';
import { claimTtl, epochSeconds, linkTtl } from '../retention.ts';
import type { TransactStep } from '../transaction.ts';
import { COUNT_UNCHANGED, pairKey } from './counted-pairs.ts';
import { keys, type RowKey } from './keys.ts';
import { withoutUndefined } from './rows.ts';

/** Longer than any booking with its cool-down, so that a row of holdings never goes before a holding does. */
const HOLDINGS_SECONDS = 400 * 24 * 3600;
/** Old holdings cleared in one write; the rest goes with the next booking. */
const CLEARED_AT_ONCE = 10;

/** Why a booking's transaction was refused. */
export type ClaimRefusal =
  | { readonly kind: 'taken'; readonly virtualNumber: PhoneNumber }
  | { readonly kind: 'moved'; readonly virtualNumber: PhoneNumber }
  | { readonly kind: 'stale' };

export interface TableNames {
  readonly bookings: string;
  readonly callRoutes: string;
}

/** The tables, and how long what is written there is kept after the end of a booking. */
export interface KeptTables extends TableNames {
  readonly retentionSeconds: number;
}

type Step = TransactStep<ClaimRefusal>;

/** When a row of holdings may be swept that was written at `nowMs`, in epoch seconds. */
export const holdingsTtl = (nowMs: number): number => epochSeconds(nowMs) + HOLDINGS_SECONDS;
const stale = (): ClaimRefusal => ({ kind: 'stale' });

/** The attributes of a claim that follow from its booking and may change with it. */
function claimTerms(booking: Booking, claim: Claim, retentionSeconds: number): Record<string, unknown> {
  return {
    callee: claim.callee.reveal(),
    callerId: claim.callerId.reveal(),
    mayCall: claim.mayCall,
    recordCalls: booking.recordCalls,
    expiresAtMs: booking.expiresAtMs,
    blockedUntilMs: blockedUntilMs(booking),
    ttlEpochSeconds: claimTtl(booking, retentionSeconds),
    ...withoutUndefined(booking.limits),
  };
}

const limitNames = ['maxCalls', 'maxCallsPerMinute'] as const satisfies (keyof CallLimits)[];

/**
 * Takes (virtual number, caller) for the booking. This condition is the invariant: the pair is free, or whoever
 * had it has ended and rested. It compares with the clock, so that expiry needs no sweep.
 * @param counted the calls that the booking has had over other pairs.
 */
export function takePair(
  tables: KeptTables,
  booking: Booking,
  claim: Claim,
  nowMs: number,
  counted?: CallCount,
): Step {
  return {
    item: {
      Put: {
        TableName: tables.callRoutes,
        Item: {
          ...pairKey(claim),
          bookingId: booking.bookingId,
          fromMs: nowMs,
          ...claimTerms(booking, claim, tables.retentionSeconds),
          ...counted,
        },
        ConditionExpression: 'attribute_not_exists(virtualNumber) OR blockedUntilMs <= :now',
        ExpressionAttributeValues: { ':now': nowMs },
      },
    },
    onRefused: () => ({ kind: 'taken', virtualNumber: claim.virtualNumber }),
  };
}

/** What else is true of a pair whose terms change. */
export interface KeptPair {
  readonly endReason?: ClaimEndReason | undefined;
  /** It now reaches another number: a block of the number before no longer concerns it. */
  readonly redirected?: boolean;
  /** How many calls were counted on it when it was read; refused if others have been counted since. */
  readonly seenCalls?: number | undefined;
}

/** Changes the terms of a pair that the booking holds; the calls counted on it stay. */
export function keepPair(
  tables: KeptTables,
  booking: Booking,
  claim: Claim,
  nowMs: number,
  { endReason, redirected = false, seenCalls }: KeptPair = {},
): Step {
  const terms: Record<string, unknown> = {
    ...claimTerms(booking, claim, tables.retentionSeconds),
    ...(endReason !== undefined && { endReason, endedAtMs: booking.endedAtMs ?? nowMs }),
  };
  const names = Object.keys(terms);
  const gone = [...limitNames.filter((name) => !(name in terms)), ...(redirected ? ['blocked'] : [])];
  return {
    item: {
      Update: {
        TableName: tables.callRoutes,
        Key: pairKey(claim),
        UpdateExpression: [
          `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
          ...(gone.length > 0 ? [`REMOVE ${gone.join(', ')}`] : []),
        ].join(' '),
        ConditionExpression: `bookingId = :bookingId${seenCalls === undefined ? '' : ` AND ${COUNT_UNCHANGED}`}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ':bookingId': booking.bookingId,
          ...(seenCalls !== undefined && { ':seen': seenCalls }),
          ...Object.fromEntries(names.map((name) => [`:${name}`, terms[name]])),
        },
      },
    },
    onRefused: stale,
  };
}

/** What a row of holdings says of one virtual number. */
function holdingAttributes(booking: Booking, slot: SlotRef | undefined): Record<string, unknown> {
  return {
    bookingId: booking.bookingId,
    blockedUntilMs: blockedUntilMs(booking),
    ...(slot !== undefined && { slotCountry: slot.country, slot: slot.slot }),
  };
}

/**
 * Notes on the phone number that it holds the virtual number, and clears what it no longer holds. Refused when the
 * phone number is on the blocklist or when what was read is out of date.
 */
export function noteHolding(
  tables: TableNames,
  booking: Booking,
  claim: Claim,
  slot: SlotRef | undefined,
  known: readonly Holding[],
  nowMs: number,
): Step {
  const outdated = known
    .filter(
      (holding) => holding.blockedUntilMs <= nowMs && !holding.virtualNumber.equals(claim.virtualNumber),
    )
    .slice(0, CLEARED_AT_ONCE);
  const clear = outdated.length > 0 ? ` REMOVE ${outdated.map((_, at) => `#old${at}`).join(', ')}` : '';
  const unchanged = outdated.map((_, at) => ` AND #old${at}.bookingId = :old${at}`).join('');
  return {
    item: {
      Update: {
        TableName: tables.bookings,
        Key: keys.holdings(claim.caller),
        UpdateExpression: `SET #number = :holding, ttlEpochSeconds = :ttl${clear}`,
        ConditionExpression: `attribute_not_exists(blockedReason)${unchanged}`,
        ExpressionAttributeNames: {
          '#number': claim.virtualNumber.reveal(),
          ...Object.fromEntries(outdated.map((holding, at) => [`#old${at}`, holding.virtualNumber.reveal()])),
        },
        ExpressionAttributeValues: {
          ':holding': holdingAttributes(booking, slot),
          ':ttl': holdingsTtl(nowMs),
          ...Object.fromEntries(outdated.map((holding, at) => [`:old${at}`, holding.bookingId])),
        },
      },
    },
    onRefused: stale,
  };
}

/**
 * Notes that the phone number left one virtual number of the booking for another: in one write, since a transaction
 * may touch a row once. Refused as {@link noteHolding} is.
 */
export function moveHolding(
  tables: TableNames,
  left: { readonly booking: Booking; readonly claim: Claim },
  taken: { readonly booking: Booking; readonly claim: Claim; readonly slot: SlotRef | undefined },
  nowMs: number,
): Step {
  return {
    item: {
      Update: {
        TableName: tables.bookings,
        Key: keys.holdings(taken.claim.caller),
        UpdateExpression: 'SET #new = :holding, #old.blockedUntilMs = :until, ttlEpochSeconds = :ttl',
        ConditionExpression: 'attribute_not_exists(blockedReason) AND #old.bookingId = :bookingId',
        ExpressionAttributeNames: {
          '#new': taken.claim.virtualNumber.reveal(),
          '#old': left.claim.virtualNumber.reveal(),
        },
        ExpressionAttributeValues: {
          ':holding': holdingAttributes(taken.booking, taken.slot),
          ':until': blockedUntilMs(left.booking),
          ':bookingId': left.booking.bookingId,
          ':ttl': holdingsTtl(nowMs),
        },
      },
    },
    onRefused: stale,
  };
}

/**
 * Moves the time from which the phone number may be given the virtual number again.
 * @param reached somebody gains a way to or from this phone number, which a block forbids.
 */
export function keepHolding(tables: TableNames, booking: Booking, claim: Claim, reached = false): Step {
  return {
    item: {
      Update: {
        TableName: tables.bookings,
        Key: keys.holdings(claim.caller),
        UpdateExpression: 'SET #number.blockedUntilMs = :until',
        ConditionExpression: `#number.bookingId = :bookingId${reached ? ' AND attribute_not_exists(blockedReason)' : ''}`,
        ExpressionAttributeNames: { '#number': claim.virtualNumber.reveal() },
        ExpressionAttributeValues: { ':until': blockedUntilMs(booking), ':bookingId': booking.bookingId },
      },
    },
    onRefused: stale,
  };
}

/**
 * Remembers from when on phone numbers were in the booking: for searches, for late events of calls, and for erasing.
 * @param answer the key of the row with the answer that names these phone numbers too.
 */
export function linkPhoneNumbers(
  tables: KeptTables,
  booking: Booking,
  claims: readonly Claim[],
  fromMs: number,
  answer?: RowKey,
): Step[] {
  const indexed = new Set<string>();
  return claims.map((claim) => {
    const virtualNumber = claim.virtualNumber.reveal();
    // One link per virtual number is indexed, so that a search by it finds each booking once.
    const isFirst = !indexed.has(virtualNumber);
    indexed.add(virtualNumber);
    const Item = {
      ...keys.link(claim.caller, fromMs, booking.bookingId),
      bookingId: booking.bookingId,
      heldNumber: virtualNumber,
      fromMs,
      ttlEpochSeconds: linkTtl(booking, tables.retentionSeconds),
      ...(isFirst && { virtualNumber, bookingOrder: booking.bookingId }),
      ...(answer && { answerKey: answer.pk }),
    };
    return { item: { Put: { TableName: tables.bookings, Item } }, onRefused: stale };
  });
}

/** Keeps the link of a phone number for as long as its booking, which now ends later. */
export function keepLink(tables: KeptTables, booking: Booking, claim: Claim, fromMs: number): Step {
  return {
    item: {
      Update: {
        TableName: tables.bookings,
        Key: keys.link(claim.caller, fromMs, booking.bookingId),
        UpdateExpression:
          'SET ttlEpochSeconds = :ttl, bookingId = :bookingId, heldNumber = :heldNumber, fromMs = :fromMs',
        ExpressionAttributeValues: {
          ':ttl': linkTtl(booking, tables.retentionSeconds),
          ':bookingId': booking.bookingId,
          ':heldNumber': claim.virtualNumber.reveal(),
          ':fromMs': fromMs,
        },
      },
    },
    onRefused: stale,
  };
}

/** Gives the number that stands in a slot, unless it has left the slot since it was drawn. */
export function giveSlot(tables: TableNames, content: SlotContent, nowMs: number): Step {
  return {
    item: {
      Update: {
        TableName: tables.bookings,
        Key: keys.slot(content),
        UpdateExpression: 'SET lastGivenAtMs = :now',
        ConditionExpression: 'virtualNumber = :virtualNumber',
        ExpressionAttributeValues: { ':now': nowMs, ':virtualNumber': content.virtualNumber.reveal() },
      },
    },
    onRefused: () => ({ kind: 'moved', virtualNumber: content.virtualNumber }),
  };
}

/** The slots that are given, by `reveal()` of their number. */
export function slotsByNumber(given: readonly SlotContent[]): Map<string, SlotContent> {
  return new Map(given.map((content) => [content.virtualNumber.reveal(), content]));
}
