import * as z from 'zod';
import type { BufferedAnswer, BufferedRequest, Upstream } from './engine-upstream.ts';
import { rowsOf, rowText, type TouchedRow, type WireItem } from './request-rows.ts';

const item = z.record(z.string(), z.record(z.string(), z.unknown()));
const indexRead = z.looseObject({ TableName: z.string(), IndexName: z.string() });
const page = z.looseObject({ Items: z.array(item).optional(), Count: z.number().optional() });
const found = z.looseObject({ Item: item.optional() });

interface Change {
  readonly atMs: number;
  /** What the row was; undefined when there was none. */
  readonly before: WireItem | undefined;
}

const MOST_REMEMBERED = 10_000;

/** Shows rows in indexes as they were a while ago. A row that was removed is gone from its indexes at once. */
export function createIndexLag() {
  const changes = new Map<string, Change>();

  /** Remembers what rows are before a request changes them. */
  async function remember(rows: readonly TouchedRow[], upstream: Upstream, like: BufferedRequest) {
    for (const row of rows) {
      const { body } = await upstream.ask(
        'GetItem',
        { TableName: row.tableName, Key: row.key, ConsistentRead: true },
        like.headers,
      );
      const answer = found.safeParse(JSON.parse(body.toString()));
      changes.delete(rowText(row));
      changes.set(rowText(row), { atMs: Date.now(), before: answer.success ? answer.data.Item : undefined });
    }
    for (const text of changes.keys()) {
      if (changes.size <= MOST_REMEMBERED) break;
      changes.delete(text);
    }
  }

  /** The answer to a read of an index, as it would have been `lagMs` ago. */
  async function rewind(
    request: BufferedRequest,
    answer: BufferedAnswer,
    upstream: Upstream,
    lagMs: number,
  ): Promise<BufferedAnswer> {
    const read = indexRead.safeParse(JSON.parse(request.body.toString()));
    const answered = page.safeParse(JSON.parse(answer.body.toString()));
    if (!read.success || !answered.success || answered.data.Items === undefined) return answer;
    const { TableName } = read.data;
    const names = await upstream.keyNames(TableName, request.headers);
    const Items = answered.data.Items.flatMap((shown) => {
      const [row] = rowsOf('PutItem', { TableName, Item: shown }, () => names);
      const change = row && changes.get(rowText(row));
      if (change === undefined || Date.now() - change.atMs >= lagMs) return [shown];
      return change.before === undefined ? [] : [change.before];
    });
    const body = Buffer.from(JSON.stringify({ ...answered.data, Items, Count: Items.length }));
    // The engine's own checksum is that of the answer before.
    const { 'x-amz-crc32': _, ...headers } = answer.headers;
    return { ...answer, headers: { ...headers, 'content-length': String(body.length) }, body };
  }

  return { remember, rewind };
}
