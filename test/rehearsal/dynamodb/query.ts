import { type Condition, parseCondition } from './expression-parser.ts';
import { holds, type Substitutes } from './expressions.ts';
import { type EngineClock, EngineError, type Input, substitutesOf } from './requests.ts';
import type { MemoryTable, SortedRows } from './table.ts';
import { cloned, compareValues, type Item, isSame, type Value } from './values.ts';

/** Answers a Query, page by page. */
export function queried(table: MemoryTable, input: Input, clock: EngineClock): Record<string, unknown> {
  const given = substitutesOf(input);
  const { rows } = sourceOf(table, input);
  const condition = parseCondition(String(input.KeyConditionExpression));
  const partition = partitionOf(condition, rows.key.partition, given);
  if (partition === undefined) {
    throw new EngineError('ValidationException', 'Query condition missed key schema element');
  }
  let found = rows.of(partition);
  if (input.IndexName === undefined && input.ConsistentRead !== true) {
    const sinceMs = clock.nowMs() - clock.staleMs();
    found = found.flatMap((item) => {
      const seen = table.getAsOf(item, sinceMs);
      return seen === undefined ? [] : [seen];
    });
  }
  found = found.filter((item) => holds(item, condition, given));
  if (input.ScanIndexForward === false) found = found.toReversed();
  return page(table, rows, found, input, clock);
}

/** Answers a Scan. */
export function scanned(table: MemoryTable, input: Input, clock: EngineClock): Record<string, unknown> {
  const { rows } = sourceOf(table, input);
  return page(table, rows, rows.all(), input, clock);
}

function sourceOf(table: MemoryTable, input: Input): { rows: SortedRows } {
  if (input.IndexName === undefined) return { rows: table.rows };
  const index = table.indexes.get(String(input.IndexName));
  if (index === undefined || input.ConsistentRead === true) {
    throw new EngineError('ValidationException', `The table has no index ${input.IndexName} to read so.`);
  }
  return index;
}

function page(
  table: MemoryTable,
  rows: SortedRows,
  found: readonly Item[],
  input: Input,
  clock: EngineClock,
): Record<string, unknown> {
  const given = substitutesOf(input);
  const start = startOf(table, found, input, rows);
  const left = found.slice(start);
  const limit = Math.min(Number(input.Limit ?? Number.POSITIVE_INFINITY), clock.pageRows() ?? Infinity);
  const read = left.slice(0, limit);
  const last = read.at(-1);
  const isMore = left.length > read.length || (left.length === Number(input.Limit) && left.length > 0);
  const filter =
    typeof input.FilterExpression === 'string' ? parseCondition(input.FilterExpression) : undefined;
  const kept = filter === undefined ? read : read.filter((item) => holds(item, filter, given));
  return {
    ...(input.Select !== 'COUNT' && { Items: kept.map((item) => shown(item, input, given)) }),
    Count: kept.length,
    ScannedCount: read.length,
    ...(isMore && last !== undefined && { LastEvaluatedKey: positionOf(table, rows, last) }),
  };
}

function shown(item: Item, input: Input, { names }: Substitutes): Item {
  if (typeof input.ProjectionExpression !== 'string') return cloned(item);
  const wanted = new Set(
    input.ProjectionExpression.split(',').map((name) => names[name.trim()] ?? name.trim()),
  );
  return cloned(Object.fromEntries(Object.entries(item).filter(([name]) => wanted.has(name))));
}

function positionOf(table: MemoryTable, { key }: SortedRows, item: Item): Item {
  const position: Record<string, Value> = { ...table.keyOf(item) };
  for (const name of [key.partition, key.sort]) {
    if (name !== undefined) position[name] = item[name] ?? '';
  }
  return position;
}

/** Where to go on: behind the row at which the last page ended, also when that row is gone. */
function startOf(table: MemoryTable, found: readonly Item[], input: Input, { key }: SortedRows): number {
  const after = input.ExclusiveStartKey as Item | undefined;
  if (after === undefined) return 0;
  const exact = found.findIndex((item) => table.textOf(item) === table.textOf(after));
  if (exact >= 0) return exact + 1;
  if (input.KeyConditionExpression === undefined || key.sort === undefined) return found.length;
  const placeOf = (item: Item): [Value, string] => [item[key.sort ?? ''] ?? '', table.textOf(item)];
  const [sort, text] = placeOf(after);
  const isForward = input.ScanIndexForward !== false;
  const behind = found.findIndex((item) => {
    const [otherSort, otherText] = placeOf(item);
    const isGreater = isSame(otherSort, sort) ? otherText > text : compareValues(otherSort, sort) > 0;
    return isForward ? isGreater : !isGreater;
  });
  return behind < 0 ? found.length : behind;
}

function partitionOf(condition: Condition, name: string, given: Substitutes): Value | undefined {
  if (condition.kind === 'and') {
    return partitionOf(condition.left, name, given) ?? partitionOf(condition.right, name, given);
  }
  if (condition.kind !== 'compare' || condition.operator !== '=' || condition.left.kind !== 'path') {
    return undefined;
  }
  const [step] = condition.left.path;
  const named = typeof step === 'string' && step.startsWith('#') ? given.names[step] : step;
  return named === name && condition.right.kind === 'value' ? given.values[condition.right.name] : undefined;
}
