import { CONFLICT_REASON, createRowLocks } from '../../../lib/local-cloud/dynamodb/row-locks.ts';
import type { TableDefinition } from '../../../lib/local-cloud/template/table-definition.ts';
import { cancelled, MemoryDynamoDb } from '../dynamodb/engine.ts';
import { EngineError, type Input } from '../dynamodb/requests.ts';
import type { StoredChange } from '../dynamodb/table.ts';
import type { Chance } from './chance.ts';
import type { VirtualClock } from './clock.ts';
import type { Interference } from './interference.ts';
import type { ServiceAnswer as Answer } from './services.ts';
import type { Weather } from './weather.ts';

export interface DatabaseOptions {
  readonly tables: readonly TableDefinition[];
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly weather: () => Weather;
  readonly onChange: (change: StoredChange) => void;
  readonly interference: Interference;
}

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);
const TOKEN_LIFE_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;

/** DynamoDB with all that makes it hard: time, locks, late indexes, short pages, batches in part. */
export class HardDatabase {
  readonly engine: MemoryDynamoDb;
  readonly #options: DatabaseOptions;
  readonly #locks = createRowLocks();
  readonly #tokens = new Map<string, { readonly output: Record<string, unknown>; readonly atMs: number }>();
  readonly #underWay = new Set<string>();
  requests = 0;
  conflicts = 0;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    const { clock, chance, weather, onChange } = options;
    const nextIndexAtMs = new Map<string, number>();
    this.engine = new MemoryDynamoDb(options.tables, {
      nowMs: () => clock.nowMs,
      staleMs: () => chance.random() * weather().lagMs * 0.2,
      pageRows: () => (chance.isHit(weather().cutShort) ? 1 + chance.integerBelow(5) : undefined),
      onChange: (change, index) => {
        onChange(change);
        // The changes of one row reach the indexes in their order.
        const row = `${change.tableName} ${JSON.stringify(change.key)}`;
        const atMs = Math.max(
          clock.nowMs + chance.random() ** 4 * weather().lagMs,
          nextIndexAtMs.get(row) ?? 0,
        );
        nextIndexAtMs.set(row, atMs);
        clock.after(atMs - clock.nowMs, index);
      },
    });
  }

  /** Carries a request out once it has arrived; calls back when there is an answer. */
  request(operation: string, given: Input, onAnswered: (answer: Answer) => void) {
    this.requests += 1;
    const { interference } = this.#options;
    const onAnswer = (answer: Answer): void =>
      onAnswered(interference.answer?.(operation, given, answer) ?? answer);
    const answer = (work: () => Record<string, unknown>): void => {
      try {
        onAnswer({ kind: 'done', output: work() });
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        onAnswer({ kind: 'failed', error });
      }
    };
    const input = interference.input?.(operation, given) ?? given;
    if (operation === 'TransactWriteItems') return this.#transact(input, onAnswer);
    if (WRITES.has(operation) || operation === 'TransactGetItems') {
      const held = this.#locks.areHeld(this.engine.rowsOf(operation, input));
      if (held.includes(true)) {
        this.conflicts += 1;
        return answer(() => {
          if (operation === 'TransactGetItems') throw conflicted(held);
          throw new EngineError('TransactionConflictException', 'Transaction is ongoing for the item');
        });
      }
    }
    if (operation === 'BatchGetItem') return answer(() => this.#batchGet(input));
    answer(() => this.engine.execute(operation, input));
  }

  #transact(input: Input, onAnswer: (answer: Answer) => void) {
    const { clock, chance, weather } = this.#options;
    const fail = (error: EngineError): void => onAnswer({ kind: 'failed', error });
    if ((input.TransactItems as unknown[]).length === 0) return onAnswer({ kind: 'done', output: {} });
    const token = typeof input.ClientRequestToken === 'string' ? input.ClientRequestToken : undefined;
    const earlier = token === undefined ? undefined : this.#tokens.get(token);
    if (earlier !== undefined && clock.nowMs - earlier.atMs < TOKEN_LIFE_MS) {
      return onAnswer({ kind: 'done', output: earlier.output });
    }
    if (token !== undefined && this.#underWay.has(token)) {
      return fail(new EngineError('TransactionInProgressException', 'The token is in use.'));
    }
    let rows: string[];
    try {
      rows = this.engine.rowsOf('TransactWriteItems', input);
    } catch (error) {
      if (error instanceof EngineError) return fail(error);
      throw error;
    }
    const held = this.#locks.areHeld(rows);
    if (held.includes(true)) {
      this.conflicts += 1;
      // What is not held is checked all the same, and may be refused in the same answer.
      const reasons = this.engine.reasonsAgainst(input);
      fail(
        cancelled(held.map((isHeld, at) => (isHeld ? CONFLICT_REASON : (reasons?.[at] ?? { Code: 'None' })))),
      );
      return;
    }
    const letGo = this.#locks.hold(rows);
    if (token !== undefined) this.#underWay.add(token);
    clock.after(chance.between(1, 6), () => {
      let answer: Answer;
      try {
        const output = this.engine.execute('TransactWriteItems', input);
        if (token !== undefined) this.#tokens.set(token, { output, atMs: clock.nowMs });
        answer = { kind: 'done', output };
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        answer = { kind: 'failed', error };
      }
      clock.after(chance.between(0, 3), () => {
        if (token !== undefined) this.#underWay.delete(token);
        const lingers = chance.isHit(weather().lingering);
        if (lingers) clock.after(chance.between(1, 30), letGo);
        else letGo();
        onAnswer(answer);
      });
    });
  }

  #batchGet(input: Input): Record<string, unknown> {
    const { chance, weather } = this.#options;
    if (!chance.isHit(weather().cutShort)) return this.engine.execute('BatchGetItem', input);
    const now: Record<string, Input> = {};
    const later: Record<string, Input> = {};
    for (const [table, asked] of Object.entries(input.RequestItems as Record<string, Input>)) {
      const keys = asked.Keys as unknown[];
      const done = keys.filter(() => chance.isHit(0.6));
      now[table] = { ...asked, Keys: done };
      const left = keys.filter((key) => !done.includes(key));
      if (left.length > 0) later[table] = { ...asked, Keys: left };
    }
    const output = this.engine.execute('BatchGetItem', { ...input, RequestItems: now });
    return { ...output, UnprocessedKeys: later };
  }

  /** Removes rows whose time is over, as DynamoDB does within two days. */
  sweep(): void {
    const { clock, chance } = this.#options;
    for (const table of this.engine.tables.values()) {
      table.forgetEarlier(clock.nowMs - HOUR_MS);
      const { ttlAttribute } = table;
      if (ttlAttribute === undefined) continue;
      for (const item of table.rows.all()) {
        const endsAt = item[ttlAttribute];
        if (typeof endsAt !== 'number' || endsAt * 1000 > clock.nowMs || !chance.isHit(0.5)) continue;
        this.engine.sweep(table, table.keyOf(item));
      }
    }
  }
}

function conflicted(held: readonly boolean[]): EngineError {
  return cancelled(held.map((isHeld) => (isHeld ? CONFLICT_REASON : { Code: 'None' })));
}
