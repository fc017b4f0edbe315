import { type Booking, type Claim, type ClaimKey, endsAtMs, freeAtMs } from '../../../domain/booking.ts';
import type { CallCount, CallLimits, ClaimEndReason } from '../../../domain/call-route.ts';
import type { PhoneNumber } from '../../../domain/phone-number.ts';
import { claimTtl, linkTtl } from '../retention.ts';
import type { TransactStep } from '../transaction.ts';
import { COUNT_UNCHANGED } from './counted-claims.ts';
import { claimKey, keys, type RowKey, SCHEMA_VERSION } from './keys.ts';
import { withoutUndefined } from './rows.ts';

/** Why a step of a booking's transaction was refused. */
export type ClaimRefusal =
  /** Somebody else holds a claim that was to be taken. */
  | 'taken'
  /** A claim of the booking is no longer its own. */
  | 'lost'
  /** What was read is out of date. */
  | 'stale';

export interface TableNames {
  readonly bookings: string;
  readonly callRoutes: string;
}

/** The tables, and how long what is written there is kept after the end of a booking. */
export interface KeptTables extends TableNames {
  readonly retentionSeconds: number;
}

/** One write of a booking's transaction, and the claim that it writes. */
export interface BookingStep<Refusal = ClaimRefusal> extends TransactStep<Refusal> {
  readonly claim?: ClaimKey;
}

/** The attributes of a claim that follow from its booking and may change with it. */
function claimTerms(booking: Booking, claim: Claim, retentionSeconds: number): Record<string, unknown> {
  return {
    callee: claim.callee.reveal(),
    callerId: claim.callerId.reveal(),
    mayCall: claim.mayCall,
    recordCalls: booking.recordCalls,
    expiresAtMs: booking.expiresAtMs,
    endsAtMs: endsAtMs(booking),
    freeAtMs: freeAtMs(booking),
    ttlEpochSeconds: claimTtl(booking, retentionSeconds),
    ...(claim.former && { former: true }),
    ...withoutUndefined(booking.limits),
  };
}

const optionalTerms = ['former', 'maxCalls', 'maxCallsPerMinute'] as const satisfies (
  | keyof CallLimits
  | 'former'
)[];

/** With what a claim is taken. */
export interface Taking {
  readonly nowMs: number;
  /** Claims that rest are taken if they ended by then; absent: those of the same two parties only. */
  readonly restedSinceMs?: number | undefined;
  /** The calls that the booking has had over other claims. */
  readonly counted?: CallCount | undefined;
}

/** The people whom the booking connects a caller with. */
function othersOf({ parties: [first, second] }: Booking, caller: PhoneNumber): readonly PhoneNumber[] {
  const isFirst = first.phoneNumbers.some((number) => number.equals(caller));
  return isFirst ? second.phoneNumbers : first.phoneNumbers;
}

/**
 * Takes (virtual number, caller) for the booking. This condition is the invariant: the claim is free; or whoever had
 * it has ended, and it rests for the sake of people whom it now connects again; or the booking itself had it before.
 * It compares with the clock, so that expiry needs no sweep.
 */
export function takeClaim(
  tables: KeptTables,
  booking: Booking,
  claim: Claim,
  { nowMs, restedSinceMs, counted }: Taking,
): BookingStep {
  const others = othersOf(booking, claim.caller);
  const names = others.map((_, at) => `:other${at}`);
  const ways = [
    'attribute_not_exists(virtualNumber)',
    'freeAtMs <= :now',
    'bookingId = :bookingId',
    `(endsAtMs <= :now AND callee IN (${names.join(', ')}))`,
    ...(restedSinceMs === undefined ? [] : ['endsAtMs <= :restedSince']),
  ];
  return {
    claim,
    item: {
      Put: {
        TableName: tables.callRoutes,
        Item: {
          ...claimKey(claim),
          schemaVersion: SCHEMA_VERSION,
          bookingId: booking.bookingId,
          fromMs: nowMs,
          ...claimTerms(booking, claim, tables.retentionSeconds),
          ...counted,
        },
        ConditionExpression: ways.join(' OR '),
        ExpressionAttributeValues: {
          ':now': nowMs,
          ':bookingId': booking.bookingId,
          ...Object.fromEntries(others.map((number, at) => [`:other${at}`, number.reveal()])),
          ...(restedSinceMs !== undefined && { ':restedSince': restedSinceMs }),
        },
      },
    },
    onRefused: () => 'taken',
  };
}

/** What else is true of a claim whose terms change. */
export interface KeptClaim {
  readonly endReason?: ClaimEndReason | undefined;
  /** It now reaches another number: a block of the number before no longer concerns it. */
  readonly redirected?: boolean;
  /** How many calls were counted on it when it was read; refused if others have been counted since. */
  readonly seenCalls?: number | undefined;
}

/** Changes the terms of a claim that the booking holds; the calls counted on it stay. */
export function keepClaim(
  tables: KeptTables,
  booking: Booking,
  claim: Claim,
  nowMs: number,
  { endReason, redirected = false, seenCalls }: KeptClaim = {},
): BookingStep {
  const terms: Record<string, unknown> = {
    ...claimTerms(booking, claim, tables.retentionSeconds),
    ...(endReason !== undefined && { endReason, endedAtMs: booking.endedAtMs ?? nowMs }),
  };
  const names = Object.keys(terms);
  const gone = [...optionalTerms.filter((name) => !(name in terms)), ...(redirected ? ['blocked'] : [])];
  return {
    claim,
    item: {
      Update: {
        TableName: tables.callRoutes,
        Key: claimKey(claim),
        UpdateExpression: [
          `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
          ...(gone.length > 0 ? [`REMOVE ${gone.map((name) => `#${name}`).join(', ')}`] : []),
        ].join(' '),
        ConditionExpression: `bookingId = :bookingId${seenCalls === undefined ? '' : ` AND ${COUNT_UNCHANGED}`}`,
        ExpressionAttributeNames: Object.fromEntries([...names, ...gone].map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ':bookingId': booking.bookingId,
          ...(seenCalls !== undefined && { ':seen': seenCalls }),
          ...Object.fromEntries(names.map((name) => [`:${name}`, terms[name]])),
        },
      },
    },
    onRefused: () => 'lost',
  };
}

/** What is known of links besides their claims. */
export interface Linking {
  readonly fromMs: number;
  /** The key of the row with the answer that names these phone numbers too. */
  readonly answer?: RowKey | undefined;
  /** Virtual numbers by which the booking is found already. */
  readonly indexed?: readonly PhoneNumber[];
}

/** Remembers from when on phone numbers had claims: for searches, for late events of calls, and for erasing. */
export function linkPhoneNumbers(
  tables: KeptTables,
  booking: Booking,
  claims: readonly Claim[],
  { fromMs, answer, indexed = [] }: Linking,
): BookingStep[] {
  const found = new Set(indexed.map((number) => number.reveal()));
  return claims.map((claim) => {
    const virtualNumber = claim.virtualNumber.reveal();
    // One link per virtual number is indexed, so that a search by it finds each booking once.
    const isFirst = !found.has(virtualNumber);
    found.add(virtualNumber);
    const Item = {
      ...keys.link(claim, fromMs, booking.bookingId),
      bookingId: booking.bookingId,
      heldNumber: virtualNumber,
      fromMs,
      ttlEpochSeconds: linkTtl(booking, tables.retentionSeconds),
      ...(isFirst && { virtualNumber, bookingOrder: booking.bookingId }),
      ...(answer && { answerKey: answer.pk }),
    };
    return { item: { Put: { TableName: tables.bookings, Item } }, onRefused: () => 'stale' };
  });
}

/** Keeps the link of a claim for as long as its booking, which now ends later. */
export function keepLink(tables: KeptTables, booking: Booking, claim: Claim, fromMs: number): BookingStep {
  return {
    item: {
      Update: {
        TableName: tables.bookings,
        Key: keys.link(claim, fromMs, booking.bookingId),
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
    onRefused: () => 'stale',
  };
}
