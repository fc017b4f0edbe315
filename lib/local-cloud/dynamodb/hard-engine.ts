import { setTimeout as sleep } from 'node:timers/promises';
import { type EngineFaults, isHit, type RefusedRequest, refusalOf } from './engine-faults.ts';
import type { BufferedAnswer, BufferedRequest, Upstream } from './engine-upstream.ts';
import { createIndexLag } from './index-lag.ts';
import { rowsOf, rowText, type TouchedRow, tablesOf, tokenOf } from './request-rows.ts';
import { CONFLICT_REASON, cancellationMessage, createRowLocks } from './row-locks.ts';
import { seededRandom } from './seeded-random.ts';

/** How DynamoDB differs from an engine on the same machine, which serves one transaction after the other. */
export interface EngineHardness {
  /** How long a transaction holds its rows, at least and at most. */
  readonly transactionMs: readonly [number, number];
  /** How much longer than its answer it may hold them at most. */
  readonly lingerMs: number;
  /** Which part of the transactions does that. */
  readonly lingerShare: number;
  readonly seed: number;
}

/** Rows lock as in AWS: a transaction takes milliseconds, and now and then one is not over when it is answered. */
export const likeDynamoDb: EngineHardness = {
  transactionMs: [1, 4],
  lingerMs: 3,
  lingerShare: 0.05,
  seed: 1,
};

/** Either what the engine answers, or what DynamoDB would have refused. */
export type HardOutcome =
  | { readonly kind: 'answered'; readonly answer: BufferedAnswer }
  | { readonly kind: 'refused'; readonly refusal: RefusedRequest };

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);
const BATCHES = new Set(['BatchGetItem', 'BatchWriteItem']);
const TRANSACTIONS = new Set(['TransactWriteItems', 'TransactGetItems']);
const INDEX_READS = new Set(['Query', 'Scan']);

/** Does to requests what DynamoDB does where rows are contended and indexes are behind. */
export function createHardEngine(hardness: EngineHardness | undefined) {
  const locks = createRowLocks();
  const random = seededRandom(hardness?.seed ?? 0);
  const underWay = new Set<string>();
  const lag = createIndexLag();
  let batches = 0;
  let conflicts = 0;

  /** Whether the request has to be read at all; the others pass unread. */
  function concerns(operation: string, faults: EngineFaults): boolean {
    if (faults.throttlePartition !== undefined) return true;
    if (faults.leaveUnprocessedEvery !== undefined && BATCHES.has(operation)) return true;
    if (faults.indexLagMs !== undefined && (WRITES.has(operation) || INDEX_READS.has(operation))) return true;
    if (faults.indexLagMs !== undefined && operation === 'TransactWriteItems') return true;
    if (hardness === undefined) return false;
    return WRITES.has(operation) || TRANSACTIONS.has(operation) || operation === 'BatchWriteItem';
  }

  async function serve(
    operation: string,
    request: BufferedRequest,
    faults: EngineFaults,
    upstream: Upstream,
  ): Promise<HardOutcome> {
    const body: unknown = JSON.parse(request.body.toString());
    const names = new Map<string, readonly string[]>();
    for (const table of tablesOf(operation, body)) {
      names.set(table, await upstream.keyNames(table, request.headers));
    }
    const rows = rowsOf(operation, body, (table) => names.get(table) ?? []);
    if (faults.throttlePartition !== undefined && rows.some((row) => isIn(row, faults.throttlePartition))) {
      return { kind: 'refused', refusal: refusalOf('throttled') };
    }
    if (BATCHES.has(operation)) return serveBatch(operation, request, rows, faults, upstream);
    const isWrite = WRITES.has(operation) || operation === 'TransactWriteItems';
    if (isWrite && faults.indexLagMs !== undefined) await lag.remember(rows, upstream, request);
    const held = hardness === undefined ? [] : locks.areHeld(rows.map(rowText));
    if (hardness !== undefined && TRANSACTIONS.has(operation)) {
      const refusal = turnedAway(held, body);
      if (refusal !== undefined) return { kind: 'refused', refusal };
      if (operation === 'TransactWriteItems') return holding(rows, body, request, upstream, hardness);
    }
    if (WRITES.has(operation) && held.includes(true)) {
      conflicts += 1;
      return {
        kind: 'refused',
        refusal: {
          status: 400,
          error: 'TransactionConflictException',
          message: 'Transaction is ongoing for the item',
        },
      };
    }
    const answer = await upstream.send(request);
    if (faults.indexLagMs === undefined || !INDEX_READS.has(operation)) return { kind: 'answered', answer };
    return { kind: 'answered', answer: await lag.rewind(request, answer, upstream, faults.indexLagMs) };
  }

  function turnedAway(held: readonly boolean[], body: unknown): RefusedRequest | undefined {
    const token = tokenOf(body);
    if (token !== undefined && underWay.has(token)) {
      return {
        status: 400,
        error: 'TransactionInProgressException',
        message: 'Transaction token in use by an in-progress request.',
      };
    }
    if (!held.includes(true)) return undefined;
    conflicts += 1;
    const CancellationReasons = held.map((isHeld) => (isHeld ? CONFLICT_REASON : { Code: 'None' }));
    return {
      status: 400,
      error: 'TransactionCanceledException',
      message: cancellationMessage(CancellationReasons.map(({ Code }) => Code)),
      details: { CancellationReasons },
    };
  }

  /** Carries a transaction out while nobody else gets at its rows. */
  async function holding(
    rows: readonly TouchedRow[],
    body: unknown,
    request: BufferedRequest,
    upstream: Upstream,
    { transactionMs: [least, most], lingerMs, lingerShare }: EngineHardness,
  ): Promise<HardOutcome> {
    const letGo = locks.hold(rows.map(rowText));
    const token = tokenOf(body);
    if (token !== undefined) underWay.add(token);
    try {
      const tookMs = least + random() * (most - least);
      await sleep(tookMs / 2);
      const answer = await upstream.send(request);
      await sleep(tookMs / 2);
      return { kind: 'answered', answer };
    } finally {
      if (token !== undefined) underWay.delete(token);
      if (random() < lingerShare) setTimeout(letGo, random() * lingerMs).unref();
      else letGo();
    }
  }

  /** A batch may be answered in part: rows that a transaction holds, and by fault its second half, are left over. */
  async function serveBatch(
    operation: string,
    request: BufferedRequest,
    rows: readonly TouchedRow[],
    faults: EngineFaults,
    upstream: Upstream,
  ): Promise<HardOutcome> {
    batches += 1;
    const isHalved = isHit(faults.leaveUnprocessedEvery, batches);
    const held =
      operation === 'BatchWriteItem' && hardness !== undefined ? locks.areHeld(rows.map(rowText)) : [];
    const half = Math.ceil(rows.length / 2);
    const isLeft = (at: number): boolean => held[at] === true || (isHalved && at >= half);
    if (!rows.some((_, at) => isLeft(at))) {
      return { kind: 'answered', answer: await upstream.send(request) };
    }
    const { done, left } = splitBatch(operation, request.body, isLeft);
    const leftKey = operation === 'BatchGetItem' ? 'UnprocessedKeys' : 'UnprocessedItems';
    const none = operation === 'BatchGetItem' ? { Responses: {} } : {};
    let answered: Record<string, unknown> = { ...none };
    let answer: BufferedAnswer | undefined;
    if (Object.keys(done.RequestItems).length > 0) {
      const body = Buffer.from(JSON.stringify(done));
      const headers = { ...request.headers, 'content-length': String(body.length) };
      answer = await upstream.send({ ...request, headers, body });
      if (answer.status !== 200) return { kind: 'answered', answer };
      answered = JSON.parse(answer.body.toString()) as Record<string, unknown>;
    }
    const body = Buffer.from(JSON.stringify({ ...answered, [leftKey]: left }));
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': String(body.length) };
    return { kind: 'answered', answer: { status: 200, headers, body } };
  }

  return { concerns, serve, conflicts: () => conflicts };
}

interface Batch {
  readonly RequestItems: Record<string, unknown>;
}

/** Takes apart what is done now and what is left, by position in the order of {@link rowsOf}. */
function splitBatch(operation: string, text: Buffer, isLeft: (at: number) => boolean) {
  const batch = JSON.parse(text.toString()) as Batch;
  const done: Record<string, unknown> = {};
  const left: Record<string, unknown> = {};
  let at = -1;
  for (const [table, content] of Object.entries(batch.RequestItems)) {
    const entries =
      operation === 'BatchGetItem' ? (content as { Keys: unknown[] }).Keys : (content as unknown[]);
    const now: unknown[] = [];
    const later: unknown[] = [];
    for (const entry of entries) {
      at += 1;
      (isLeft(at) ? later : now).push(entry);
    }
    const wrap = (some: unknown[]) =>
      operation === 'BatchGetItem' ? { ...(content as object), Keys: some } : some;
    if (now.length > 0) done[table] = wrap(now);
    if (later.length > 0) left[table] = wrap(later);
  }
  return { done: { ...batch, RequestItems: done }, left };
}

function isIn({ key }: TouchedRow, partition: string | undefined): boolean {
  const [first] = Object.values(key);
  return Object.values(first ?? {}).includes(partition);
}
