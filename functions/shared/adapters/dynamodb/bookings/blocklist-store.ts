import { type DynamoDBDocumentClient, GetCommand, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { claimText } from '../../../domain/booking.ts';
import type { PhoneNumber } from '../../../domain/phone-number.ts';
import type { Block, BlocklistStore, SeenClaim } from '../../../ports/blocklist.ts';
import { again, type Retry } from '../../../ports/retry.ts';
import { readTables } from '../batch-read.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { isLongOver, markTtl } from '../retention.ts';
import { MOST_STEPS, type TransactStep, transact } from '../transaction.ts';
import type { KeptTables } from './claim-steps.ts';
import { blocklistPartition, bookingIdOfLink, claimKey, keys, linkPrefix, linksPartition } from './keys.ts';
import { parseBooking, phoneNumber as phoneNumberField } from './rows.ts';

const BLOCKLIST_SEARCH = 'blocklist';
/** Bookings read at a time. */
const BATCH = 100;

const blockRow = z.object({
  phoneNumber: phoneNumberField,
  reason: z.string(),
  blockedAtMs: z.number(),
});

type Step = TransactStep<'refused'>;
const refused = () => 'refused' as const;

/** A write of a claim, and the checks of people's marks without which it must not be. */
interface ClaimWrite {
  readonly step: Step;
  /** Which row it writes: a transaction may write a row once. */
  readonly row: string;
  readonly checks: ReadonlyMap<string, Step>;
}

export interface BlocklistStoreOptions {
  readonly tables: KeptTables;
  readonly retry: Retry;
}

/** The blocklist over DynamoDB; the keys are in `keys.ts`. */
export function createBlocklistStore(
  client: DynamoDBDocumentClient,
  { tables, retry }: BlocklistStoreOptions,
): BlocklistStore {
  const TableName = tables.bookings;

  /** @returns whether it was written; false where a condition did not hold. */
  const write = (steps: readonly Step[]): Promise<boolean> =>
    retry(async () => {
      const outcome = await transact(client, steps);
      return outcome.kind === 'conflict' ? again : outcome.kind === 'written';
    });

  /**
   * Writes as many of the claims as still are as they were seen and as their people's marks allow, in transactions as
   * large as they may be.
   * @returns how many.
   */
  async function writeClaims(writes: readonly ClaimWrite[]): Promise<number> {
    let written = 0;
    for (const batch of batchesOf(writes)) written += await writeBatch(batch);
    return written;
  }

  function writeBatch(batch: readonly ClaimWrite[]): Promise<number> {
    let rest = batch;
    return retry(async () => {
      if (rest.length === 0) return 0;
      const checks = [...checksOf(rest)];
      const outcome = await transact(client, [
        ...checks.map(([, check]) => check),
        ...rest.map(({ step }) => step),
      ]);
      if (outcome.kind === 'written') return rest.length;
      if (outcome.kind === 'conflict') return again;
      const { refusals } = outcome;
      const forbidden = new Set(
        checks.flatMap(([person], position) => (refusals.has(position) ? [person] : [])),
      );
      rest = rest.filter(
        ({ checks: needed }, position) =>
          !refusals.has(position + checks.length) &&
          ![...needed.keys()].some((person) => forbidden.has(person)),
      );
      return again;
    });
  }

  async function find(phoneNumber: PhoneNumber): Promise<Block | undefined> {
    const { Item: item } = await client.send(
      new GetCommand({ TableName, Key: keys.block(phoneNumber), ConsistentRead: true }),
    );
    return item === undefined ? undefined : blockRow.parse(item);
  }

  /** The checks of some people's marks, by whose they are. */
  function checkMarks(people: readonly PhoneNumber[], condition: string): Map<string, Step> {
    const check = (person: PhoneNumber): Step => ({
      item: { ConditionCheck: { TableName, Key: keys.marks(person), ConditionExpression: condition } },
      onRefused: refused,
    });
    return new Map(people.map((person) => [person.lineKey(), check(person)]));
  }

  /** Refused where the claim has changed since it was seen: its change was not allowed to reach this person. */
  function updateClaim({ bookingId, claim }: SeenClaim, update: string, condition = ''): Step {
    return {
      item: {
        Update: {
          TableName: tables.callRoutes,
          Key: claimKey(claim),
          UpdateExpression: update,
          ConditionExpression: `bookingId = :bookingId AND callee = :callee${condition}`,
          ExpressionAttributeValues: {
            ':yes': true,
            ':bookingId': bookingId,
            ':callee': claim.callee.reveal(),
          },
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
              Key: keys.marks(phoneNumber),
              UpdateExpression: 'SET blockedAtMs = :at REMOVE ttlEpochSeconds',
              ExpressionAttributeValues: { ':at': block.blockedAtMs },
            },
          },
          onRefused: refused,
        },
      ]);
      return block;
    },

    remove: (phoneNumber, nowMs) =>
      write([
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
              Key: keys.marks(phoneNumber),
              UpdateExpression: 'SET ttlEpochSeconds = :ttl REMOVE blockedAtMs',
              ExpressionAttributeValues: { ':ttl': markTtl(nowMs) },
            },
          },
          onRefused: refused,
        },
      ]),

    async *bookingsOf(phoneNumber, nowMs) {
      const pages = paginateQuery(
        { client },
        {
          TableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :link)',
          ExpressionAttributeValues: { ':pk': linksPartition(phoneNumber), ':link': linkPrefix },
          ProjectionExpression: 'sk, ttlEpochSeconds',
          ScanIndexForward: false,
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages) {
        const recent = Items.filter(
          ({ ttlEpochSeconds }) => !isLongOver(Number(ttlEpochSeconds), nowMs, tables.retentionSeconds),
        );
        const ids = [...new Set(recent.map(({ sk }) => bookingIdOfLink(String(sk))))];
        for (let from = 0; from < ids.length; from += BATCH) {
          const some = ids.slice(from, from + BATCH).map((id) => ({ ...keys.booking(id) }));
          const read = { table: TableName, keys: some, consistent: true };
          const [rows = []] = await readTables(client, [read], retry);
          yield rows.map(parseBooking).filter(({ storedStatus }) => storedStatus === 'active');
        }
      }
    },

    async stop(person, claims) {
      const checks = checkMarks([person], 'attribute_exists(blockedAtMs)');
      await writeClaims(
        claims.map((seen) => ({
          step: updateClaim(seen, 'SET blocked = :yes'),
          row: claimText(seen.claim),
          checks,
        })),
      );
    },

    release: (claims) =>
      writeClaims(
        claims.map((seen) => ({
          step: updateClaim(seen, 'REMOVE blocked', ' AND blocked = :yes'),
          row: claimText(seen.claim),
          checks: checkMarks([seen.claim.caller, seen.claim.callee], 'attribute_not_exists(blockedAtMs)'),
        })),
      ),
  };
}

/** All the checks that some writes need, each once. */
function checksOf(writes: readonly ClaimWrite[]): Map<string, Step> {
  return new Map(writes.flatMap(({ checks }) => [...checks]));
}

/**
 * The writes in portions of one transaction each. A booking that has expired and the one that took over its claim both
 * name the same row; only for one of them the write is not refused, but both are tried.
 */
function* batchesOf(writes: readonly ClaimWrite[]): Generator<readonly ClaimWrite[]> {
  let batch: ClaimWrite[] = [];
  const people = new Set<string>();
  const rows = new Set<string>();
  for (const write of writes) {
    for (const person of write.checks.keys()) people.add(person);
    if (batch.length + 1 + people.size > MOST_STEPS || rows.has(write.row)) {
      yield batch;
      batch = [];
      people.clear();
      rows.clear();
      for (const person of write.checks.keys()) people.add(person);
    }
    rows.add(write.row);
    batch.push(write);
  }
  if (batch.length > 0) yield batch;
}
