import { cancellationMessage } from '../../../lib/local-cloud/dynamodb/row-locks.ts';
import type { TableDefinition } from '../../../lib/local-cloud/template/table-definition.ts';
import { ExpressionError, parseCondition } from './expression-parser.ts';
import { holds, updated } from './expressions.ts';
import { queried, scanned } from './query.ts';
import { type EngineClock, EngineError, type Input, substitutesOf } from './requests.ts';
import { MemoryTable } from './table.ts';
import { bytesOf, cloned, type Item, type Value } from './values.ts';

/** Why a step of a transaction was not carried out. */
export interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

interface Step {
  readonly table: MemoryTable;
  readonly kind: string;
  readonly key: Item;
  readonly input: Input;
}

const LARGEST_ITEM_BYTES = 400 * 1024;
const MOST_STEPS = 100;

/**
 * DynamoDB in memory, as far as the service uses it: what a request does happens at once and wholly. What makes the
 * real one hard (waiting, locks, late indexes) is put around it.
 */
export class MemoryDynamoDb {
  readonly tables = new Map<string, MemoryTable>();
  readonly #clock: EngineClock;

  constructor(definitions: readonly TableDefinition[], clock: EngineClock) {
    this.#clock = clock;
    for (const definition of definitions) {
      this.tables.set(definition.create.TableName, new MemoryTable(definition));
    }
  }

  /** @throws EngineError */
  execute(operation: string, input: Input): Record<string, unknown> {
    try {
      return this.#run(operation, input);
    } catch (error) {
      if (error instanceof ExpressionError) throw new EngineError('ValidationException', error.message);
      throw error;
    }
  }

  /** The rows that a request writes or checks, as text; in a transaction one a step. */
  rowsOf(operation: string, input: Input): string[] {
    if (operation.startsWith('Transact')) {
      return this.#steps(input).map(({ table, key }) => `${table.name} ${table.textOf(key)}`);
    }
    if (!['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation)) return [];
    const table = this.table(input);
    return [`${table.name} ${table.textOf((input.Item ?? input.Key) as Item)}`];
  }

  /** Why a transaction cannot be carried out now, a reason a step; undefined when it can. */
  reasonsAgainst(input: Input): CancellationReason[] | undefined {
    const reasons = this.#steps(input).map(({ table, kind, key, input: step }): CancellationReason => {
      const before = table.get(key);
      if (this.#isAllowed(before, step)) return this.#reasonAgainst(kind, key, before, step);
      const isWanted = step.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined;
      return {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        ...(isWanted && { Item: cloned(before) }),
      };
    });
    return reasons.some(({ Code }) => Code !== 'None') ? reasons : undefined;
  }

  table(input: Input): MemoryTable {
    const table = this.tables.get(String(input.TableName));
    if (table === undefined) {
      throw new EngineError(
        'ResourceNotFoundException',
        `Cannot do operations on a non-existent table: ${input.TableName}`,
      );
    }
    return table;
  }

  /** Removes a row as the sweep of expired rows does. */
  sweep(table: MemoryTable, key: Item): void {
    this.#write(table, key, undefined);
  }

  #run(operation: string, input: Input): Record<string, unknown> {
    switch (operation) {
      case 'GetItem': {
        const found = this.#read(this.table(input), input.Key as Item, input.ConsistentRead === true);
        return found === undefined ? {} : { Item: projectedItem(found, input) };
      }
      case 'PutItem':
        return this.#writeOne('Put', input);
      case 'UpdateItem':
        return this.#writeOne('Update', input);
      case 'DeleteItem':
        return this.#writeOne('Delete', input);
      case 'Query':
        return queried(this.table(input), input, this.#clock);
      case 'Scan':
        return scanned(this.table(input), input, this.#clock);
      case 'BatchGetItem':
        return this.#batchGet(input);
      case 'BatchWriteItem':
        return this.#batchWrite(input);
      case 'TransactGetItems': {
        const Responses = this.#steps(input).map(({ table, key }) => {
          const found = table.get(key);
          return found === undefined ? {} : { Item: cloned(found) };
        });
        return { Responses };
      }
      case 'TransactWriteItems':
        return this.#transact(input);
      default:
        throw new EngineError('UnknownOperationException', `The engine does not know ${operation}.`);
    }
  }

  #read(table: MemoryTable, key: Item, isConsistent: boolean): Item | undefined {
    return isConsistent ? table.get(key) : table.getAsOf(key, this.#clock.nowMs() - this.#clock.staleMs());
  }

  #writeOne(kind: string, input: Input): Record<string, unknown> {
    const table = this.table(input);
    const key = table.keyOf((kind === 'Put' ? input.Item : input.Key) as Item);
    const before = table.get(key);
    if (!this.#isAllowed(before, input)) {
      const isWanted = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined;
      throw new EngineError(
        'ConditionalCheckFailedException',
        'The conditional request failed',
        isWanted ? { Item: cloned(before) } : {},
      );
    }
    const after = this.#after(kind, key, before, input);
    this.#write(table, key, after);
    if (input.ReturnValues === 'ALL_OLD') return before === undefined ? {} : { Attributes: cloned(before) };
    if (input.ReturnValues === 'ALL_NEW') return after === undefined ? {} : { Attributes: cloned(after) };
    if (input.ReturnValues === 'UPDATED_NEW' && after !== undefined) {
      const changed = Object.entries(after).filter(([name, value]) => before?.[name] !== value);
      return { Attributes: cloned(Object.fromEntries(changed)) };
    }
    return {};
  }

  #isAllowed(before: Item | undefined, input: Input): boolean {
    const { ConditionExpression: text } = input;
    return typeof text !== 'string' || holds(before, parseCondition(text), substitutesOf(input));
  }

  #after(kind: string, key: Item, before: Item | undefined, input: Input): Item | undefined {
    if (kind === 'Delete') return undefined;
    const after =
      kind === 'Put'
        ? cloned(input.Item as Item)
        : typeof input.UpdateExpression === 'string'
          ? updated(before ?? key, input.UpdateExpression, substitutesOf(input))
          : (before ?? key);
    if (bytesOf(after as Value) > LARGEST_ITEM_BYTES) {
      throw new EngineError('ValidationException', 'Item size has exceeded the maximum allowed size');
    }
    return after;
  }

  #write(table: MemoryTable, key: Item, after: Item | undefined): void {
    const before = table.store(key, after, this.#clock.nowMs());
    if (before === undefined && after === undefined) return;
    this.#clock.onChange({ tableName: table.name, key, before, after }, () => table.index(before, after));
  }

  #steps(input: Input): Step[] {
    const steps = (input.TransactItems as Record<string, Input>[]).flatMap((item) =>
      Object.entries(item)
        .filter(([, content]) => content !== undefined)
        .map(([kind, content]) => {
          const table = this.table(content);
          return {
            table,
            kind,
            key: table.keyOf((content.Item ?? content.Key) as Item),
            input: content,
          };
        }),
    );
    const rows = new Set(steps.map(({ table, key }) => `${table.name} ${table.textOf(key)}`));
    if (steps.length > MOST_STEPS || rows.size < steps.length) {
      throw new EngineError(
        'ValidationException',
        'Transaction request cannot include multiple operations on one item',
      );
    }
    return steps;
  }

  #transact(input: Input): Record<string, unknown> {
    const reasons = this.reasonsAgainst(input);
    if (reasons !== undefined) throw cancelled(reasons);
    const writes = this.#steps(input)
      .filter(({ kind }) => kind !== 'ConditionCheck')
      .map(({ table, kind, key, input: step }) => ({
        table,
        key,
        after: this.#after(kind, key, table.get(key), step),
      }));
    for (const { table, key, after } of writes) this.#write(table, key, after);
    return {};
  }

  /** Whether what a step would write can be written. */
  #reasonAgainst(kind: string, key: Item, before: Item | undefined, step: Input): CancellationReason {
    try {
      if (kind !== 'ConditionCheck') this.#after(kind, key, before, step);
      return { Code: 'None' };
    } catch (error) {
      const isRefused = error instanceof ExpressionError || error instanceof EngineError;
      if (!isRefused) throw error;
      return { Code: 'ValidationError', Message: error.message };
    }
  }

  #batchGet(input: Input): Record<string, unknown> {
    const Responses: Record<string, Item[]> = {};
    for (const [TableName, asked] of Object.entries(input.RequestItems as Record<string, Input>)) {
      const table = this.table({ TableName });
      Responses[TableName] = (asked.Keys as Item[]).flatMap((key) => {
        const found = this.#read(table, key, asked.ConsistentRead === true);
        return found === undefined ? [] : [projectedItem(found, asked)];
      });
    }
    return { Responses, UnprocessedKeys: {} };
  }

  #batchWrite(input: Input): Record<string, unknown> {
    for (const [TableName, requests] of Object.entries(input.RequestItems as Record<string, Input[]>)) {
      const table = this.table({ TableName });
      for (const { PutRequest, DeleteRequest } of requests) {
        const put = PutRequest as { Item: Item } | undefined;
        const key = put === undefined ? (DeleteRequest as { Key: Item }).Key : table.keyOf(put.Item);
        this.#write(table, key, put === undefined ? undefined : cloned(put.Item));
      }
    }
    return { UnprocessedItems: {} };
  }
}

/** The error of a transaction that was cancelled. */
export function cancelled(CancellationReasons: readonly CancellationReason[]): EngineError {
  const message = cancellationMessage(CancellationReasons.map(({ Code }) => Code));
  return new EngineError('TransactionCanceledException', message, { CancellationReasons });
}

function projectedItem(item: Item, input: Input): Item {
  const { ProjectionExpression: text } = input;
  if (typeof text !== 'string') return cloned(item);
  const { names } = substitutesOf(input);
  const shown = new Set(text.split(',').map((name) => names[name.trim()] ?? name.trim()));
  return cloned(Object.fromEntries(Object.entries(item).filter(([name]) => shown.has(name))));
}
