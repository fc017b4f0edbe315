import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Booking } from '../../../domain/booking.ts';
import { type CallCount, countOf, isLimited, withCall } from '../../../domain/call-route.ts';
import { isConnection } from '../../../domain/session.ts';
import type { CallCounter } from '../../../ports/call-record.ts';
import { COUNT_UNCHANGED, type CountedClaim, readCountedClaims } from '../bookings/counted-claims.ts';
import { claimKey, keys } from '../bookings/keys.ts';
import { parseBooking } from '../bookings/rows.ts';
import { type TransactStep, transact } from '../transaction.ts';
import { COUNTED_ITEM, sweptAt } from './calls-table-rows.ts';

const MAX_ATTEMPTS = 8;
const LONGEST_PAUSE_MS = 100;

export interface CallCounterOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tables: { readonly bookings: string; readonly callRoutes: string; readonly calls: string };
  readonly retentionDays: number;
}

/** `counted`: this call was counted before. `stale`: the booking or a pair has changed since it was read. */
type Refusal = 'counted' | 'stale';

/**
 * Counts calls where the next one is decided: on the pairs of the booking. Marker and counts are one
 * transaction, so that a decision that is delivered twice, or asked for twice in one session, counts once.
 */
export function createCallCounter({ client, tables, retentionDays }: CallCounterOptions): CallCounter {
  async function findLimited(bookingId: string): Promise<Booking | undefined> {
    const { Item: row } = await client.send(
      new GetCommand({ TableName: tables.bookings, Key: keys.booking(bookingId), ConsistentRead: true }),
    );
    const booking = row && parseBooking(row);
    return booking !== undefined && isLimited(booking.limits) ? booking : undefined;
  }

  /** A booking that has changed may have other pairs than those that were read. */
  function requireUnchanged({ bookingId, version }: Booking): TransactStep<Refusal> {
    return {
      item: {
        ConditionCheck: {
          TableName: tables.bookings,
          Key: keys.booking(bookingId),
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: { ':version': version },
        },
      },
      onRefused: () => 'stale',
    };
  }

  function countOn({ claim, route }: CountedClaim, next: CallCount): TransactStep<Refusal> {
    return {
      item: {
        Update: {
          TableName: tables.callRoutes,
          Key: claimKey(claim),
          UpdateExpression: 'SET callCount = :next, recentCalls = :recent',
          ConditionExpression: `bookingId = :bookingId AND ${COUNT_UNCHANGED}`,
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
      if (!isConnection(decision) || decision.bookingId === undefined) return;
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const booking = await findLimited(decision.bookingId);
        if (booking === undefined) return;
        const pairs = await readCountedClaims(client, tables.callRoutes, booking);
        if (pairs.length === 0) return;
        const count = countOf(pairs.map(({ route }) => route));
        const next = withCall(count, { sessionId, atMs: decision.atMs });
        const outcome = await transact<Refusal>(client, [
          keepOnce({ sessionId, item: COUNTED_ITEM, ttlEpochSeconds: sweptAt(receivedAtMs, retentionDays) }),
          requireUnchanged(booking),
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
