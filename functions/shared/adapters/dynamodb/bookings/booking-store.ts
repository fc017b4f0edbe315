import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { pairOrder } from '../../../domain/allocation.ts';
import {
  type Booking,
  type ClaimKey,
  claimChanges,
  claimsOf,
  claimText,
  phoneNumbersOf,
} from '../../../domain/booking.ts';
import { isLimited } from '../../../domain/call-route.ts';
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
import type { Retry } from '../../../ports/retry.ts';
import { type Row, readTables } from '../batch-read.ts';
import { answerTtl, bookingTtl, epochSeconds, linkTtl } from '../retention.ts';
import { type TransactOutcome, transact } from '../transaction.ts';
import { searchBookings } from './booking-search.ts';
import { parseHeldClaim } from './call-routes-table.ts';
import { changeSteps } from './change-steps.ts';
import {
  type BookingStep,
  type ClaimRefusal,
  type KeptTables,
  linkPhoneNumbers,
  type TableNames,
  takeClaim,
} from './claim-steps.ts';
import { readCountedClaims } from './counted-claims.ts';
import { claimKey, keys } from './keys.ts';
import { parseMarks } from './person-marks.ts';
import { bookingAttributes, parseBooking, parseLastGiven } from './rows.ts';

const DAY_SECONDS = 24 * 3600;

export interface BookingStoreOptions {
  readonly tables: TableNames;
  /** How long a booking is kept after its end. */
  readonly retentionDays: number;
  readonly retry: Retry;
}

type Refusal = ClaimRefusal | { readonly kind: 'repeated'; readonly answer: EarlierAnswer };

/** Bookings over DynamoDB; the keys are in `keys.ts`, the conditions in `claim-steps.ts`, the costs in `README.md`. */
export function createBookingStore(
  client: DynamoDBDocumentClient,
  { tables: names, retentionDays, retry }: BookingStoreOptions,
): BookingStore {
  const retentionSeconds = retentionDays * DAY_SECONDS;
  const tables: KeptTables = { ...names, retentionSeconds };

  async function readContext(query: BookingContextQuery): Promise<BookingContext> {
    const { phoneNumbers, idempotencyKey } = query;
    const pairKey = keys.pair(phoneNumbers);
    const answerKey = idempotencyKey === undefined ? undefined : keys.idempotency(idempotencyKey);
    const asked = [
      ...phoneNumbers.map(keys.marks),
      ...(query.sticky ? [pairKey] : []),
      ...(answerKey === undefined ? [] : [answerKey]),
    ];
    const [rows = [], claims = []] = await readTables(
      client,
      [
        { table: tables.bookings, keys: asked.map((key) => ({ ...key })), consistent: true },
        { table: tables.callRoutes, keys: query.claims.map(claimKey), consistent: query.consistent },
      ],
      retry,
    );
    const row = (key: { pk: string } | undefined): Row | undefined =>
      key && rows.find(({ pk }) => pk === key.pk);
    const earlier = row(answerKey);
    return {
      marks: parseMarks(phoneNumbers, rows),
      claims: claims.map(parseHeldClaim),
      lastGiven: parseLastGiven(query.sticky ? row(pairKey) : undefined),
      ...(earlier !== undefined && { earlierAnswer: parseKeptAnswer(earlier) }),
    };
  }

  async function claim(request: ClaimRequest): Promise<ClaimOutcome> {
    const steps = claimStepsOf(request);
    const outcome = await transact<Refusal>(client, steps);
    if (outcome.kind === 'written') return { kind: 'claimed' };
    if (outcome.kind === 'conflict') return { kind: 'conflict', claims: claimsAt(steps, outcome.positions) };
    if (typeof outcome.meaning === 'object') return outcome.meaning;
    const taken = claimsAt(steps, outcome.refusals.keys());
    return { kind: taken.length > 0 ? 'taken' : 'conflict', claims: taken };
  }

  function claimStepsOf({ booking, nowMs, restedSinceMs, ...request }: ClaimRequest): BookingStep<Refusal>[] {
    const claims = claimsOf(booking);
    const answer = request.idempotency && keys.idempotency(request.idempotency.key);
    return [
      ...(request.idempotency === undefined ? [] : [rememberAnswer(booking, request.idempotency, nowMs)]),
      putNewBooking(booking),
      ...claims.map((one) => takeClaim(tables, booking, one, { nowMs, restedSinceMs })),
      ...linkPhoneNumbers(tables, booking, claims, { fromMs: nowMs, answer }),
      ...(request.sticky ? [rememberPair(booking)] : []),
    ];
  }

  function bookingItem(booking: Booking): Row {
    return {
      ...keys.booking(booking.bookingId),
      ...bookingAttributes(booking),
      bookingOrder: booking.bookingId,
      ttlEpochSeconds: bookingTtl(booking, retentionSeconds),
    };
  }

  function putNewBooking(booking: Booking): BookingStep<Refusal> {
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
          ? 'stale'
          : { kind: 'repeated', answer: { requestDigest: '', booking: parseBooking(row) } },
    };
  }

  function rememberAnswer(
    booking: Booking,
    { key, requestDigest }: { key: string; requestDigest: string },
    nowMs: number,
  ): BookingStep<Refusal> {
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
      onRefused: (row) => (row === undefined ? 'stale' : { kind: 'repeated', answer: parseKeptAnswer(row) }),
    };
  }

  function rememberPair(booking: Booking): BookingStep<Refusal> {
    const given =
      booking.numbering === 'shared'
        ? [booking.parties[0].virtualNumber]
        : pairOrder(
            booking.parties,
            booking.parties.map(({ virtualNumber }) => virtualNumber),
          );
    return {
      item: {
        Put: {
          TableName: tables.bookings,
          Item: {
            ...keys.pair(phoneNumbersOf(booking)),
            given: given.map((number) => number.reveal()),
            ttlEpochSeconds: epochSeconds(booking.expiresAtMs) + retentionSeconds,
          },
        },
      },
      onRefused: () => 'stale',
    };
  }

  async function change(before: Booking, after: Booking, nowMs: number): Promise<ChangeOutcome> {
    const changes = claimChanges(before, after);
    const isOver = after.storedStatus !== 'active';
    const carriesCount = changes.added.length > 0 && (isLimited(before.limits) || isLimited(after.limits));
    const outlivesLinks = linkTtl(after, retentionSeconds) > linkTtl(before, retentionSeconds);
    const held =
      carriesCount || outlivesLinks ? await readCountedClaims(client, tables.callRoutes, before) : [];
    const steps: BookingStep[] = [
      {
        item: {
          Put: {
            TableName: tables.bookings,
            Item: bookingItem(after),
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: { ':version': before.version },
          },
        },
        onRefused: () => 'stale',
      },
      ...changeSteps(tables, {
        before,
        after,
        changes,
        counted: carriesCount ? held : [],
        outlived: outlivesLinks ? held : [],
        nowMs,
      }),
    ];
    const outcome = await transact(client, steps);
    const lost = outcome.kind === 'refused' && outcome.meaning === 'lost' ? outcome.refusals : undefined;
    if (!isOver || lost === undefined) return outcomeOf(steps, outcome);
    // What is over gives its claims up; one that it has no more keeps it from nothing.
    const rest = steps.filter((_, position) => !lost.has(position));
    return outcomeOf(rest, await transact(client, rest));
  }

  return {
    readContext,
    claim,
    change,
    async readClaims(claims) {
      const read = { table: tables.callRoutes, keys: claims.map(claimKey), consistent: true };
      const [rows = []] = await readTables(client, [read], retry);
      return rows.map(parseHeldClaim);
    },
    async readMarks(phoneNumbers) {
      const asked = phoneNumbers.map((number) => ({ ...keys.marks(number) }));
      const read = { table: tables.bookings, keys: asked, consistent: true };
      const [rows = []] = await readTables(client, [read], retry);
      return parseMarks(phoneNumbers, rows);
    },
    async find(bookingId) {
      const { Item: item } = await client.send(
        new GetCommand({ TableName: tables.bookings, Key: keys.booking(bookingId), ConsistentRead: true }),
      );
      return item === undefined ? undefined : parseBooking(item);
    },
    search: (search) => searchBookings({ client, table: tables.bookings, retry }, search),
  };
}

/** The claims of the steps at these positions, each once. */
function claimsAt(steps: readonly BookingStep<unknown>[], positions: Iterable<number>): ClaimKey[] {
  const claims = [...positions].flatMap((position) => steps[position]?.claim ?? []);
  return [...new Map(claims.map((claim) => [claimText(claim), claim])).values()];
}

function outcomeOf(steps: readonly BookingStep[], outcome: TransactOutcome<ClaimRefusal>): ChangeOutcome {
  if (outcome.kind === 'written') return { kind: 'changed' };
  if (outcome.kind === 'conflict') return { kind: 'conflict', claims: claimsAt(steps, outcome.positions) };
  if ([...outcome.refusals.values()].some((meaning) => meaning !== 'taken')) return { kind: 'stale' };
  return { kind: 'taken', claims: claimsAt(steps, outcome.refusals.keys()) };
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
