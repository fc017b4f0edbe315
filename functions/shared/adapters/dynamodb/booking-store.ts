import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Booking, blockedUntilMs, type Claim, claimsOf } from '../../domain/booking.ts';
import type { Holding, SlotContent } from '../../domain/pool.ts';
import type {
  BookingContext,
  BookingContextQuery,
  BookingStore,
  ChangeOutcome,
  ClaimOutcome,
  ClaimRequest,
  EarlierAnswer,
} from '../../ports/booking-store.ts';
import { type Row, readRows } from './batch-read.ts';
import { searchBookings } from './booking-search.ts';
import {
  type ClaimRefusal,
  giveSlot,
  keepHolding,
  keepPair,
  linkPhoneNumber,
  moveHolding,
  noteHolding,
  type TableNames,
  takePair,
} from './claim-steps.ts';
import { keys, keyText, type RowKey, utcMonth } from './keys.ts';
import {
  bookingAttributes,
  parseBooking,
  parseFavourites,
  parseHoldings,
  parseNumberSlot,
  parseSizes,
  parseSlot,
} from './rows.ts';
import { type TransactStep, transact } from './transaction.ts';

/** How long the answer to an idempotency key is kept. */
const IDEMPOTENCY_SECONDS = 24 * 3600;
const DAY_SECONDS = 24 * 3600;

export interface BookingStoreOptions {
  readonly tables: TableNames;
  /** How long a booking is kept after its end. */
  readonly retentionDays: number;
}

type Refusal = ClaimRefusal | { readonly kind: 'repeated'; readonly answer: EarlierAnswer };

const epochSeconds = (atMs: number): number => Math.ceil(atMs / 1000);
const sameClaim = (one: Claim, other: Claim): boolean =>
  one.virtualNumber.equals(other.virtualNumber) && one.caller.equals(other.caller);
const reachesSame = (one: Claim, other: Claim): boolean => one.callee.equals(other.callee);

/** Bookings over DynamoDB; the keys and costs are in `keys.ts`, the conditions in `claim-steps.ts`. */
export function createBookingStore(
  client: DynamoDBDocumentClient,
  { tables, retentionDays }: BookingStoreOptions,
): BookingStore {
  const retentionSeconds = retentionDays * DAY_SECONDS;

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
    const earlier = idempotencyKey === undefined ? undefined : row(keys.idempotency(idempotencyKey));
    return {
      sizes: parseSizes(row(keys.sizes())),
      holdings,
      blockedNumbers,
      virtualNumbers,
      favourites: [
        ...(preferred === undefined ? [] : parseNumberSlot(row(keys.number(preferred)))),
        ...parseFavourites(query.sticky ? row(pairKey) : undefined),
      ],
      ...(earlier !== undefined && { earlierAnswer: parseEarlierAnswer(earlier) }),
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
    return [
      ...(request.idempotency === undefined ? [] : [rememberAnswer(booking, request.idempotency, nowMs)]),
      putNewBooking(booking),
      ...claims.map((one) => takePair(tables, booking, one, nowMs)),
      ...[...slots.values()].map((content) => giveSlot(tables, content, nowMs)),
      ...claims.map((one) => {
        const known = holdings.get(one.caller.reveal()) ?? [];
        return noteHolding(tables, booking, one, slots.get(one.virtualNumber.reveal()), known, nowMs);
      }),
      ...linkSteps(booking, claims, nowMs),
      ...(request.sticky ? [rememberPair(booking, given)] : []),
    ];
  }

  function linkSteps(
    booking: Booking,
    claims: readonly Claim[],
    fromMs: number,
  ): TransactStep<ClaimRefusal>[] {
    const indexed = new Set<string>();
    return claims.map((one) => {
      const number = one.virtualNumber.reveal();
      const first = !indexed.has(number);
      indexed.add(number);
      return linkPhoneNumber(tables, booking, one, first, fromMs, retentionSeconds);
    });
  }

  function bookingItem(booking: Booking): Row {
    return {
      ...keys.booking(booking.bookingId),
      ...bookingAttributes(booking),
      bookingOrder: booking.bookingId,
      creationMonth: utcMonth(booking.createdAtMs),
      ttlEpochSeconds: epochSeconds(blockedUntilMs(booking)) + retentionSeconds,
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
            ttlEpochSeconds: epochSeconds(nowMs) + IDEMPOTENCY_SECONDS,
          },
          ConditionExpression: 'attribute_not_exists(pk) OR ttlEpochSeconds <= :now',
          ExpressionAttributeValues: { ':now': epochSeconds(nowMs) },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
      onRefused: (row) =>
        row === undefined ? { kind: 'stale' } : { kind: 'repeated', answer: parseEarlierAnswer(row) },
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
            favourites: given.map((content) => ({
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
      ...changeSteps(before, after, nowMs, given),
    ]);
    if (outcome.kind === 'written') return 'changed';
    return outcome.kind === 'refused' && outcome.meaning.kind !== 'stale' ? 'taken' : 'stale';
  }

  function changeSteps(
    before: Booking,
    after: Booking,
    nowMs: number,
    given: readonly SlotContent[],
  ): TransactStep<ClaimRefusal>[] {
    const old = claimsOf(before);
    const wanted = claimsOf(after);
    const kept = wanted.filter((one) => old.some((other) => sameClaim(one, other)));
    const added = wanted.filter((one) => !old.some((other) => sameClaim(one, other)));
    const dropped = old.filter((one) => !wanted.some((other) => sameClaim(one, other)));
    const endReason = after.storedStatus === 'active' ? undefined : after.storedStatus;
    const left: Booking = { ...after, endedAtMs: nowMs };
    const slots = slotsByNumber(given);
    const redirected = kept.filter((one) =>
      old.some((other) => sameClaim(one, other) && !reachesSame(one, other)),
    );
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
        keepPair(tables, after, one, endReason, nowMs, redirected.includes(one)),
        keepHolding(tables, after, one, reached.has(one.caller.reveal())),
      ]),
      ...dropped.map((one) => keepPair(tables, left, one, 'replaced', nowMs)),
      ...dropped
        .filter((one) => !moves.some(({ from }) => from === one))
        .map((one) => keepHolding(tables, left, one)),
      ...added.map((one) => takePair(tables, after, one, nowMs)),
      ...moves.map(({ from, to }) => {
        const slot = slots.get(to.virtualNumber.reveal());
        return moveHolding(
          tables,
          { booking: left, claim: from },
          { booking: after, claim: to, slot },
          nowMs,
        );
      }),
      ...added
        .filter((one) => !moves.some(({ to }) => to === one))
        .map((one) => noteHolding(tables, after, one, slots.get(one.virtualNumber.reveal()), [], nowMs)),
      ...linkSteps(after, added, nowMs),
      ...given.map((content) => giveSlot(tables, content, nowMs)),
    ];
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

function slotsByNumber(given: readonly SlotContent[]): Map<string, SlotContent> {
  return new Map(given.map((content) => [content.virtualNumber.reveal(), content]));
}

function parseEarlierAnswer(row: Row): EarlierAnswer {
  const { requestDigest, answer } = row;
  if (typeof requestDigest !== 'string' || typeof answer !== 'object' || answer === null) {
    throw new Error('The row of an idempotency key has an unknown shape.');
  }
  return { requestDigest, booking: parseBooking({ ...answer }) };
}
