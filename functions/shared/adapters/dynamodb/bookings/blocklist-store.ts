import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { PhoneNumber } from '../../../domain/phone-number.ts';
import { ProblemError } from '../../../domain/problems.ts';
import type { Block, BlocklistStore } from '../../../ports/blocklist.ts';
import { type Row, readRows } from '../batch-read.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { type TransactOutcome, type TransactStep, transact } from '../transaction.ts';
import { holdingsTtl, type TableNames } from './claim-steps.ts';
import { pairKey } from './counted-pairs.ts';
import { blocklistPartition, keys } from './keys.ts';
import { parseBooking, parseHoldings } from './rows.ts';

/*
 * | access                    | requests                                      |
 * |---------------------------|-----------------------------------------------|
 * | block a number            | GetItem, Transact                             |
 * | unblock a number          | Transact                                      |
 * | the bookings of a number  | GetItem, BatchGet for each 100 of them        |
 * | stop a claim              | Transact                                      |
 * | release a claim           | Transact: the claim, and both numbers checked |
 */

const BLOCKLIST_SEARCH = 'blocklist';
const BATCH = 100;
const MAX_ROUNDS = 60;
const LONGEST_PAUSE_MS = 200;
/** A booking that ended this lately may be revived by a change that began while it was alive. */
const JUST_ENDED_MS = 60_000;

const blockRow = z.object({
  phoneNumber: z.pipe(
    z.string(),
    z.transform((text: string) => PhoneNumber.from(text)),
  ),
  reason: z.string(),
  blockedAtMs: z.number(),
});

type Step = TransactStep<'refused'>;
const refused = () => 'refused' as const;

/** The blocklist over DynamoDB; the keys are in `keys.ts`. */
export function createBlocklistStore(client: DynamoDBDocumentClient, tables: TableNames): BlocklistStore {
  const TableName = tables.bookings;

  /** Phone numbers are busy rows: bookings write them too. */
  async function write(steps: readonly Step[]): Promise<TransactOutcome<'refused'>> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const outcome = await transact(client, steps);
      if (outcome.kind !== 'conflict') return outcome;
      await sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, 5 * 2 ** round));
    }
    throw new ProblemError(
      'STORE_UNAVAILABLE',
      'Too many bookings for this phone number at once. Try again in a moment.',
    );
  }

  async function find(phoneNumber: PhoneNumber): Promise<Block | undefined> {
    const { Item: item } = await client.send(
      new GetCommand({ TableName, Key: keys.block(phoneNumber), ConsistentRead: true }),
    );
    return item === undefined ? undefined : blockRow.parse(item);
  }

  function checkNotBlocked(phoneNumber: PhoneNumber): Step {
    return {
      item: {
        ConditionCheck: {
          TableName,
          Key: keys.holdings(phoneNumber),
          ConditionExpression: 'attribute_not_exists(blockedReason)',
        },
      },
      onRefused: refused,
    };
  }

  return {
    find,

    async list({ limit, cursor }) {
      const position = readCursor(cursor, BLOCKLIST_SEARCH);
      const page = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': blocklistPartition },
          Limit: limit,
          ConsistentRead: true,
          ExclusiveStartKey: position && { pk: blocklistPartition, sk: position.sk },
        }),
      );
      const last = page.LastEvaluatedKey;
      return {
        items: (page.Items ?? []).map((item) => blockRow.parse(item)),
        nextCursor: last === undefined ? null : writeCursor({ sk: String(last.sk) }, BLOCKLIST_SEARCH),
      };
    },

    async add(phoneNumber, reason, nowMs) {
      const before = await find(phoneNumber);
      const block = { phoneNumber, reason, blockedAtMs: before?.blockedAtMs ?? nowMs };
      await write([
        {
          item: {
            Put: {
              TableName,
              Item: { ...keys.block(phoneNumber), ...block, phoneNumber: phoneNumber.reveal() },
            },
          },
          onRefused: refused,
        },
        {
          item: {
            Update: {
              TableName,
              Key: keys.holdings(phoneNumber),
              // Holdings are swept when nothing has been booked for long; a block outlives that.
              UpdateExpression: 'SET blockedReason = :reason REMOVE ttlEpochSeconds',
              ExpressionAttributeValues: { ':reason': reason },
            },
          },
          onRefused: refused,
        },
      ]);
      return block;
    },

    async remove(phoneNumber, nowMs) {
      const outcome = await write([
        {
          item: {
            Delete: {
              TableName,
              Key: keys.block(phoneNumber),
              ConditionExpression: 'attribute_exists(pk)',
            },
          },
          onRefused: refused,
        },
        {
          item: {
            Update: {
              TableName,
              Key: keys.holdings(phoneNumber),
              UpdateExpression: 'SET ttlEpochSeconds = :ttl REMOVE blockedReason',
              ExpressionAttributeValues: { ':ttl': holdingsTtl(nowMs) },
            },
          },
          onRefused: refused,
        },
      ]);
      return outcome.kind === 'written';
    },

    async bookingsOf(phoneNumber, nowMs) {
      const { Item: item } = await client.send(
        new GetCommand({ TableName, Key: keys.holdings(phoneNumber), ConsistentRead: true }),
      );
      const ids = parseHoldings(item ?? {})
        .filter((holding) => holding.blockedUntilMs > nowMs - JUST_ENDED_MS)
        .map((holding) => holding.bookingId);
      const rows: Row[] = [];
      for (let from = 0; from < ids.length; from += BATCH) {
        const some = ids.slice(from, from + BATCH).map(keys.booking);
        rows.push(...(await readRows(client, TableName, some)).values());
      }
      return rows.map(parseBooking).filter((booking) => booking.storedStatus === 'active');
    },

    async stop(booking, claim) {
      // Refused where the booking has changed since it was read: its change was not allowed to reach this number.
      await write([
        {
          item: {
            Update: {
              TableName: tables.callRoutes,
              Key: pairKey(claim),
              UpdateExpression: 'SET blocked = :yes',
              ConditionExpression: 'bookingId = :bookingId AND callee = :callee',
              ExpressionAttributeValues: {
                ':yes': true,
                ':bookingId': booking.bookingId,
                ':callee': claim.callee.reveal(),
              },
            },
          },
          onRefused: refused,
        },
      ]);
    },

    async release(booking, claim) {
      const outcome = await write([
        {
          item: {
            Update: {
              TableName: tables.callRoutes,
              Key: pairKey(claim),
              UpdateExpression: 'REMOVE blocked',
              ConditionExpression: 'bookingId = :bookingId AND callee = :callee AND blocked = :yes',
              ExpressionAttributeValues: {
                ':yes': true,
                ':bookingId': booking.bookingId,
                ':callee': claim.callee.reveal(),
              },
            },
          },
          onRefused: refused,
        },
        checkNotBlocked(claim.caller),
        checkNotBlocked(claim.callee),
      ]);
      return outcome.kind === 'written';
    },
  };
}
