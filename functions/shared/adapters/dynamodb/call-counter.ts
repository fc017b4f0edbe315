import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Booking, type Claim, claimsOf } from '../../domain/booking.ts';
import type { CallRoute, CountedCall } from '../../domain/call-route.ts';
import type { CallCounter } from '../../ports/call-record.ts';
import { parseCallRoute } from './call-routes-table.ts';
import { COUNTED_ITEM, inputRow, sweptAt } from './calls-table-rows.ts';
import { keys } from './keys.ts';
import { parseBooking } from './rows.ts';
import { type TransactStep, transact } from './transaction.ts';

/** Enough to tell how many calls a minute has had; more would make the row of the hot path heavy. */
const RECENT_CALLS = 20;
const MAX_ATTEMPTS = 8;
const LONGEST_PAUSE_MS = 100;

export interface CallCounterOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tables: { readonly bookings: string; readonly callRoutes: string; readonly calls: string };
  readonly retentionDays: number;
}

/** A pair that the booking holds, with what was counted on it. */
interface CountedPair {
  readonly claim: Claim;
  readonly route: CallRoute;
}

/** `counted`: this call was counted before. `stale`: a pair has changed since it was read. */
type Refusal = 'counted' | 'stale';

/**
 * Counts calls where the next one is decided: on the pairs of the booking. Decision, marker and counts are one
 * transaction, so that a decision that is delivered twice, or asked for twice in one session, counts once.
 */
export function createCallCounter({ client, tables, retentionDays }: CallCounterOptions): CallCounter {
  async function findLimited(bookingId: string): Promise<Booking | undefined> {
    const { Item: row } = await client.send(
      new GetCommand({ TableName: tables.bookings, Key: keys.booking(bookingId), ConsistentRead: true }),
    );
    const booking = row && parseBooking(row);
    return booking !== undefined && Object.keys(booking.limits).length > 0 ? booking : undefined;
  }

  async function readPairs(booking: Booking): Promise<CountedPair[]> {
    const pairs = await Promise.all(
      claimsOf(booking).map(async (claim) => {
        const { Item: row } = await client.send(
          new GetCommand({ TableName: tables.callRoutes, Key: pairKey(claim), ConsistentRead: true }),
        );
        return row === undefined ? undefined : { claim, route: parseCallRoute(row) };
      }),
    );
    return pairs
      .filter((pair) => pair?.route.bookingId === booking.bookingId)
      .filter((pair) => pair !== undefined);
  }

  function countOn({ claim, route }: CountedPair, next: CallCount): TransactStep<Refusal> {
    return {
      item: {
        Update: {
          TableName: tables.callRoutes,
          Key: pairKey(claim),
          UpdateExpression: 'SET callCount = :next, recentCalls = :recent',
          ConditionExpression:
            'bookingId = :bookingId AND (attribute_not_exists(callCount) OR callCount = :seen)',
          ExpressionAttributeValues: {
            ':next': next.callCount,
            ':recent': next.recentCalls,
            ':bookingId': route.bookingId,
            ':seen': route.callCount,
          },
        },
      },
      onRefused: () => 'stale',
    };
  }

  function keepOnce(item: Record<string, unknown>): TransactStep<Refusal> {
    const condition = 'attribute_not_exists(sessionId)';
    return {
      item: { Put: { TableName: tables.calls, Item: item, ConditionExpression: condition } },
      onRefused: () => 'counted',
    };
  }

  return {
    async count(sessionId, decision, receivedAtMs) {
      if (decision.kind !== 'connect' || decision.bookingId === undefined) return;
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const booking = await findLimited(decision.bookingId);
        const pairs = booking === undefined ? [] : await readPairs(booking);
        if (pairs.length === 0) return;
        const next = withCall(pairs, { sessionId, atMs: decision.atMs });
        const outcome = await transact<Refusal>(client, [
          keepOnce(inputRow(sessionId, { kind: 'decision', decision }, receivedAtMs, retentionDays)),
          keepOnce({ sessionId, item: COUNTED_ITEM, ttlEpochSeconds: sweptAt(receivedAtMs, retentionDays) }),
          ...pairs.map((pair) => countOn(pair, next)),
        ]);
        if (outcome.kind === 'written') return;
        if (outcome.kind === 'refused' && outcome.meaning === 'counted') return;
        await sleep(Math.random() * LONGEST_PAUSE_MS);
      }
      throw new Error('The calls of the booking were being counted by too many others.');
    },
  };
}

const pairKey = ({ virtualNumber, caller }: Claim) => ({
  virtualNumber: virtualNumber.reveal(),
  caller: caller.reveal(),
});

interface CallCount {
  readonly callCount: number;
  readonly recentCalls: readonly CountedCall[];
}

/**
 * The limits are the booking's, so all pairs carry the same count; a pair that was added later takes over that of
 * the others here.
 */
function withCall(pairs: readonly CountedPair[], call: CountedCall): CallCount {
  const [fullest] = pairs.map(({ route }) => route).toSorted((one, other) => other.callCount - one.callCount);
  const recent = [...(fullest?.recentCalls ?? []), call].toSorted((one, other) => one.atMs - other.atMs);
  return { callCount: (fullest?.callCount ?? 0) + 1, recentCalls: recent.slice(-RECENT_CALLS) };
}
