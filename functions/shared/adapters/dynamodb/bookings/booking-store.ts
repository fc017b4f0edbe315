import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Booking, claimChanges, claimsOf } from '../../../domain/booking.ts';
import { isLimited } from '../../../domain/call-route.ts';
import type { Holding, SlotContent } from '../../../domain/pool.ts';
import type {
  BookingContext,
  BookingContextQuery,
  BookingStore,
  ChangeOutcome,
  ClaimOutcome,
  ClaimRequest,
  EarlierAnswer,
  KeptAnswer,
} from '../../../ports/booking-store.ts';
import { pairOrder } from '../../../use-cases/number-search.ts';
import { type Row, readRows } from '../batch-read.ts';
import { answerTtl, bookingTtl, epochSeconds, linkTtl } from '../retention.ts';
import { type TransactStep, transact } from '../transaction.ts';
import { searchBookings } from './booking-search.ts';
import { changeSteps } from './change-steps.ts';
import {
  type ClaimRefusal,
  giveSlot,
  type KeptTables,
  linkPhoneNumbers,
  noteHolding,
  slotsByNumber,
  type TableNames,
  takePair,
} from './claim-steps.ts';
import { readPairs } from './counted-pairs.ts';
import { keys, keyText, type RowKey, utcMonth } from './keys.ts';
import {
  bookingAttributes,
  parseBooking,
  parseHoldings,
  parseLastGiven,
  parseNumberSlot,
  parseSizes,
  parseSlot,
} from './rows.ts';

const DAY_SECONDS = 24 * 3600;

export interface BookingStoreOptions {
  readonly tables: TableNames;
  /** How long a booking is kept after its end. */
  readonly retentionDays: number;
}

type Refusal = ClaimRefusal | { readonly kind: 'repeated'; readonly answer: EarlierAnswer };

/** Bookings over DynamoDB; the keys and costs are in `keys.ts`, the conditions in `claim-steps.ts`. */
export function createBookingStore(
  client: DynamoDBDocumentClient,
  { tables: names, retentionDays }: BookingStoreOptions,
): BookingStore {
  const retentionSeconds = retentionDays * DAY_SECONDS;
  const tables: KeptTables = { ...names, retentionSeconds };

  async function readContext(query: BookingContextQuery): Promise<BookingContext> {
    const { phoneNumbers, preferred, idempotencyKey } = query;
    const pairKey = keys.pair(phoneNumbers);
    const asked: RowKey[] = [
      keys.sizes(),
      ...phoneNumbers.flatMap((number) => [keys.holdings(number), keys.number(number)]),
      ...(preferred === undefined ? [] : [keys.number(preferred)]),
      ...(query.sticky ? [pairKey] : []),
      ...(idempotencyKey === undefined ? [] : [keys.idempotency(idempotencyKey)]),
    ];
    const rows = await readRows(client, tables.bookings, asked);
    const row = (key: RowKey): Row | undefined => rows.get(keyText(key));

    const holdings = new Map<string, Holding[]>();
    const blockedNumbers = new Set<string>();
    const virtualNumbers = new Set<string>();
    for (const number of phoneNumbers) {
      const held = row(keys.holdings(number));
      holdings.set(number.reveal(), held === undefined ? [] : parseHoldings(held));
      if (held?.blockedReason !== undefined) blockedNumbers.add(number.reveal());
      if (row(keys.number(number)) !== undefined) virtualNumbers.add(number.reveal());
    }
    const wished = preferred && parseNumberSlot(row(keys.number(preferred)));
    const earlier = idempotencyKey === undefined ? undefined : row(keys.idempotency(idempotencyKey));
    return {
      sizes: parseSizes(row(keys.sizes())),
      holdings,
      blockedNumbers,
      virtualNumbers,
      ...(wished !== undefined && { preferred: wished }),
      lastGiven: parseLastGiven(query.sticky ? row(pairKey) : undefined),
      ...(earlier !== undefined && { earlierAnswer: parseKeptAnswer(earlier) }),
    };
  }

  async function claim(request: ClaimRequest): Promise<ClaimOutcome> {
    const outcome = await transact<Refusal>(client, claimStepsOf(request));
    if (outcome.kind === 'written') return { kind: 'claimed' };
    if (outcome.kind === 'conflict' || outcome.meaning.kind === 'stale') return { kind: 'conflict' };
    return outcome.meaning;
  }

  function claimStepsOf({
    booking,
    given,
    holdings,
    nowMs,
    ...request
  }: ClaimRequest): TransactStep<Refusal>[] {
    const claims = claimsOf(booking);
    const slots = slotsByNumber(given);
    const answerKey = request.idempotency && keys.idempotency(request.idempotency.key);
    return [
      ...(request.idempotency === undefined ? [] : [rememberAnswer(booking, request.idempotency, nowMs)]),
      putNewBooking(booking),
      ...claims.map((one) => takePair(tables, booking, one, nowMs)),
      ...[...slots.values()].map((content) => giveSlot(tables, content, nowMs)),
      ...claims.map((one) => {
        const known = holdings.get(one.caller.reveal()) ?? [];
        return noteHolding(tables, booking, one, slots.get(one.virtualNumber.reveal()), known, nowMs);
      }),
      ...linkPhoneNumbers(tables, booking, claims, nowMs, answerKey),
      ...(request.sticky ? [rememberPair(booking, given)] : []),
    ];
  }

  function bookingItem(booking: Booking): Row {
    return {
      ...keys.booking(booking.bookingId),
      ...bookingAttributes(booking),
      bookingOrder: booking.bookingId,
      creationMonth: utcMonth(booking.createdAtMs),
      ttlEpochSeconds: bookingTtl(booking, retentionSeconds),
    };
  }

  function putNewBooking(booking: Booking): TransactStep<Refusal> {
    return {
      item: {
        Put: {
          TableName: tables.bookings,
          Item: bookingItem(booking),
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
      // The id is ours alone, so a row under it is this very attempt: its answer was lost on the way back.
      onRefused: (row) =>
        row === undefined
          ? { kind: 'stale' }
          : { kind: 'repeated', answer: { requestDigest: '', booking: parseBooking(row) } },
    };
  }

  function rememberAnswer(
    booking: Booking,
    { key, requestDigest }: { key: string; requestDigest: string },
    nowMs: number,
  ): TransactStep<Refusal> {
    return {
      item: {
        Put: {
          TableName: tables.bookings,
          Item: {
            ...keys.idempotency(key),
            requestDigest,
            answer: bookingAttributes(booking),
            ttlEpochSeconds: answerTtl(nowMs),
          },
          ConditionExpression: 'attribute_not_exists(pk) OR ttlEpochSeconds <= :now',
          ExpressionAttributeValues: { ':now': epochSeconds(nowMs) },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
      onRefused: (row) =>
        row === undefined ? { kind: 'stale' } : { kind: 'repeated', answer: parseKeptAnswer(row) },
    };
  }

  function rememberPair(booking: Booking, given: readonly SlotContent[]): TransactStep<Refusal> {
    const everybody = booking.parties.flatMap((party) => party.phoneNumbers);
    return {
      item: {
        Put: {
          TableName: tables.bookings,
          Item: {
            ...keys.pair(everybody),
            favourites: pairOrder(booking.parties, given).map((content) => ({
              ...content,
              virtualNumber: content.virtualNumber.reveal(),
            })),
            ttlEpochSeconds: epochSeconds(booking.expiresAtMs) + retentionSeconds,
          },
        },
      },
      onRefused: () => ({ kind: 'stale' }),
    };
  }

  async function change(
    before: Booking,
    after: Booking,
    nowMs: number,
    given: readonly SlotContent[] = [],
  ): Promise<ChangeOutcome> {
    const changes = claimChanges(before, after);
    const carriesCount = changes.added.length > 0 && (isLimited(before.limits) || isLimited(after.limits));
    const outlivesLinks = linkTtl(after, retentionSeconds) > linkTtl(before, retentionSeconds);
    const held = carriesCount || outlivesLinks ? await readPairs(client, tables.callRoutes, before) : [];
    const outcome = await transact<ClaimRefusal>(client, [
      {
        item: {
          Put: {
            TableName: tables.bookings,
            Item: bookingItem(after),
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: { ':version': before.version },
          },
        },
        onRefused: () => ({ kind: 'stale' }),
      },
      ...changeSteps(tables, {
        after,
        changes,
        pairs: carriesCount ? held : [],
        outlived: outlivesLinks ? held : [],
        given,
        nowMs,
      }),
    ]);
    if (outcome.kind === 'written') return 'changed';
    return outcome.kind === 'refused' && outcome.meaning.kind !== 'stale' ? 'taken' : 'stale';
  }

  return {
    readContext,
    claim,
    change,
    async readSlots(slots) {
      const rows = await readRows(client, tables.bookings, slots.map(keys.slot));
      return slots.flatMap((ref) => {
        const row = rows.get(keyText(keys.slot(ref)));
        return row === undefined ? [] : [parseSlot(ref, row)];
      });
    },
    async find(bookingId) {
      const { Item: item } = await client.send(
        new GetCommand({ TableName: tables.bookings, Key: keys.booking(bookingId), ConsistentRead: true }),
      );
      return item === undefined ? undefined : parseBooking(item);
    },
    search: (search) => searchBookings(client, tables.bookings, search),
  };
}

function parseKeptAnswer(row: Row): KeptAnswer {
  const { requestDigest, answer, ttlEpochSeconds } = row;
  if (typeof requestDigest !== 'string' || typeof answer !== 'object' || answer === null) {
    throw new Error('The row of an idempotency key has an unknown shape.');
  }
  return {
    requestDigest,
    booking: parseBooking({ ...answer }),
    expiresAtMs: Number(ttlEpochSeconds) * 1000,
  };
}
