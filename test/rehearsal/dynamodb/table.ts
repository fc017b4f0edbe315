import type { TableDefinition } from '../../../lib/local-cloud/template/table-definition.ts';
import { compareValues, type Item, type Value } from './values.ts';

/** A change of a row as a stream tells it. */
export interface StoredChange {
  readonly tableName: string;
  readonly key: Item;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

interface Key {
  readonly partition: string;
  readonly sort: string | undefined;
}

/** Rows of one partition, in the order of their sort key. */
type Partition = { readonly sort: Value; readonly tie: string; readonly item: Item }[];

/** Rows under one key schema: a table itself, or one of its indexes. */
export class SortedRows {
  readonly key: Key;
  readonly #partitions = new Map<Value, Partition>();

  constructor(key: Key) {
    this.key = key;
  }

  /** Whether a row has what it takes to stand here. */
  isFor(item: Item): boolean {
    const { partition, sort } = this.key;
    return item[partition] !== undefined && (sort === undefined || item[sort] !== undefined);
  }

  put(item: Item, tie: string): void {
    const partition = item[this.key.partition] ?? '';
    let rows = this.#partitions.get(partition);
    if (rows === undefined) {
      rows = [];
      this.#partitions.set(partition, rows);
    }
    const sort = this.#sortOf(item);
    const at = find(rows, sort, tie);
    const present = rows[at];
    const isThere = present !== undefined && present.tie === tie && compareValues(present.sort, sort) === 0;
    rows.splice(at, isThere ? 1 : 0, { sort, tie, item });
  }

  remove(item: Item, tie: string): void {
    const rows = this.#partitions.get(item[this.key.partition] ?? '');
    if (rows === undefined) return;
    const at = find(rows, this.#sortOf(item), tie);
    if (rows[at]?.tie === tie) rows.splice(at, 1);
    if (rows.length === 0) this.#partitions.delete(item[this.key.partition] ?? '');
  }

  get(key: Item, tie: string): Item | undefined {
    const rows = this.#partitions.get(key[this.key.partition] ?? '');
    if (rows === undefined) return undefined;
    const found = rows[find(rows, this.#sortOf(key), tie)];
    return found?.tie === tie ? found.item : undefined;
  }

  /** The rows of a partition in order. */
  of(partition: Value): readonly Item[] {
    return (this.#partitions.get(partition) ?? []).map(({ item }) => item);
  }

  /** All rows, partition by partition. */
  all(): Item[] {
    return [...this.#partitions.values()].flatMap((rows) => rows.map(({ item }) => item));
  }

  #sortOf(item: Item): Value {
    return this.key.sort === undefined ? '' : (item[this.key.sort] ?? '');
  }
}

/** The place of a row, or where it would have to stand. */
function find(rows: Partition, sort: Value, tie: string): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    const order = row === undefined ? 0 : compareValues(row.sort, sort) || compareValues(row.tie, tie);
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Index {
  readonly rows: SortedRows;
  readonly shown: ReadonlySet<string> | undefined;
}

/** One table: its rows, its indexes, and what each row was before its last change. */
export class MemoryTable {
  readonly name: string;
  readonly rows: SortedRows;
  readonly indexes = new Map<string, Index>();
  readonly hasStream: boolean;
  readonly ttlAttribute: string | undefined;
  readonly #earlier = new Map<string, { readonly item: Item | undefined; readonly changedAtMs: number }>();

  constructor({ create, ttlAttribute }: TableDefinition) {
    this.name = create.TableName;
    this.rows = new SortedRows(keyOf(create.KeySchema));
    this.ttlAttribute = ttlAttribute;
    this.hasStream = create.StreamSpecification?.StreamEnabled === true;
    const { partition, sort } = this.rows.key;
    for (const { IndexName = '', KeySchema, Projection } of create.GlobalSecondaryIndexes ?? []) {
      const rows = new SortedRows(keyOf(KeySchema));
      const keys = [partition, sort, rows.key.partition, rows.key.sort].filter((name) => name !== undefined);
      const isWhole = Projection?.ProjectionType === 'ALL';
      const shown = isWhole ? undefined : new Set([...keys, ...(Projection?.NonKeyAttributes ?? [])]);
      this.indexes.set(IndexName, { rows, shown });
    }
  }

  keyOf(item: Item): Item {
    const { partition, sort } = this.rows.key;
    const key: Record<string, Value> = { [partition]: item[partition] ?? '' };
    if (sort !== undefined) key[sort] = item[sort] ?? '';
    return key;
  }

  textOf(item: Item): string {
    const { partition, sort } = this.rows.key;
    return sort === undefined ? String(item[partition]) : `${item[partition]}\u0000${item[sort]}`;
  }

  get(key: Item): Item | undefined {
    return this.rows.get(key, this.textOf(key));
  }

  /** What a read that is not consistent may see: the row as it was until `sinceMs`. */
  getAsOf(key: Item, sinceMs: number): Item | undefined {
    const earlier = this.#earlier.get(this.textOf(key));
    return earlier !== undefined && earlier.changedAtMs > sinceMs ? earlier.item : this.get(key);
  }

  /** Replaces a row, or removes it. The indexes follow with {@link MemoryTable.index}. */
  store(key: Item, after: Item | undefined, nowMs: number): Item | undefined {
    const text = this.textOf(key);
    const before = this.rows.get(key, text);
    this.#earlier.set(text, { item: before, changedAtMs: nowMs });
    if (after === undefined) this.rows.remove(key, text);
    else this.rows.put(after, text);
    return before;
  }

  /** Brings the indexes up to a change. */
  index(before: Item | undefined, after: Item | undefined): void {
    const text = this.textOf(after ?? before ?? {});
    for (const { rows, shown } of this.indexes.values()) {
      if (before !== undefined && rows.isFor(before)) rows.remove(before, text);
      if (after !== undefined && rows.isFor(after)) rows.put(projected(after, shown), text);
    }
  }

  forgetEarlier(beforeMs: number): void {
    for (const [text, { changedAtMs }] of this.#earlier) {
      if (changedAtMs < beforeMs) this.#earlier.delete(text);
    }
  }
}

function projected(item: Item, shown: ReadonlySet<string> | undefined): Item {
  if (shown === undefined) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => shown.has(name)));
}

function keyOf(schema: TableDefinition['create']['KeySchema']): Key {
  const named = (type: string) => schema?.find(({ KeyType }) => KeyType === type)?.AttributeName;
  return { partition: named('HASH') ?? '', sort: named('RANGE') };
}
