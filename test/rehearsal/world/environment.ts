import { createRequire } from 'node:module';
import { EngineError, type Input } from '../dynamodb/requests.ts';
import type { Program } from './bundles.ts';
import type { Chance } from './chance.ts';
import type { VirtualClock } from './clock.ts';
import { createGlobals } from './globals.ts';
import type { Journal } from './journal.ts';
import { createSdk, operationOf, type Send, thrownOf } from './sdk.ts';
import type { Service } from './services.ts';
import type { Weather } from './weather.ts';

/** What all environments share. */
export interface Ground {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly journal: Journal;
  readonly weather: () => Weather;
  readonly services: ReadonlyMap<string, Service>;
  readonly fetch: (url: string, init: RequestInit) => Promise<unknown>;
  readonly onLine: (functionName: string, line: string) => void;
}

export interface EnvironmentOptions {
  readonly functionName: string;
  readonly program: Program;
  readonly variables: Readonly<Record<string, string>>;
  /** Whether it may die while it works. */
  readonly isMortal: boolean;
}

const RETRIED = new Set([
  'InternalServerError',
  'ServiceUnavailable',
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'TransactionInProgressException',
  'TimeoutError',
]);

const nodeRequire = createRequire(import.meta.url);

/** One execution environment of a function: its module state, its clock, and its connections. */
export class Environment {
  readonly functionName: string;
  isBusy = false;
  isAlive = true;
  /** Something went wrong with a request since the invocation began. */
  isDisturbed = false;
  onDeath: (() => void) | undefined;
  readonly #ground: Ground;
  readonly #chance: Chance;
  readonly #isMortal: boolean;
  readonly #skewMs: number;
  readonly #handler: ReturnType<Program>['handler'];

  constructor(ground: Ground, { functionName, program, variables, isMortal }: EnvironmentOptions) {
    this.functionName = functionName;
    this.#ground = ground;
    this.#chance = ground.chance.fork(`${functionName}/${ground.clock.kept}`);
    this.#isMortal = isMortal;
    this.#skewMs = this.#chance.between(-1, 1) * ground.weather().clockSkewMs;
    const { overridden, modules } = createGlobals({
      nowMs: () => ground.clock.nowMs + this.#skewMs,
      chance: this.#chance,
      variables,
      after: (delayMs, run) => this.#after(delayMs, run),
      print: (line) => this.isAlive && ground.onLine(functionName, line),
      fetch: (url, init) => ground.fetch(url, init),
    });
    const sdk = createSdk(this.#send);
    const require = (name: string): unknown => {
      const stood = sdk[name] ?? modules[name.replace(/^node:/, '')];
      if (stood !== undefined) return stood;
      if (name.startsWith('@aws-sdk/')) throw new Error(`The rehearsal has nothing that stands for ${name}.`);
      return nodeRequire(name);
    };
    this.#handler = program(overridden, require).handler;
  }

  /** Runs the handler; never settles when the environment dies. */
  invoke(event: unknown, context: object): Promise<unknown> {
    this.isDisturbed = false;
    return this.#handler(event, context);
  }

  die(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#ground.journal.write(`${this.#ground.clock.nowMs} ${this.functionName} dies`);
    this.onDeath?.();
  }

  #after(delayMs: number, run: () => void): () => void {
    return this.#ground.clock.after(delayMs, () => {
      if (this.isAlive) run();
    });
  }

  readonly #send: Send = async (service, name, input, { attempts, timeoutMs, signal }) => {
    const operation = operationOf(name);
    // The SDK gives a transaction a token of its own, the same in all its attempts.
    const isToken = operation === 'TransactWriteItems' && input.ClientRequestToken === undefined;
    const token = isToken ? { ClientRequestToken: String(this.#chance.random()) } : {};
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(service, operation, { ...input, ...token }, timeoutMs, signal);
      } catch (error) {
        const isPassing =
          error instanceof Error &&
          (RETRIED.has(error.name) || ('code' in error && error.code === 'ECONNRESET'));
        if (!isPassing || attempt >= attempts) throw error;
        await new Promise<void>((resolve) => {
          this.#after(this.#chance.random() * Math.min(20_000, 50 * 2 ** attempt), resolve);
        });
      }
    }
  };

  #attempt(
    service: string,
    operation: string,
    input: Input,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Record<string, unknown>> {
    const { clock, journal, services } = this.#ground;
    const chance = this.#chance;
    const weather = this.#ground.weather();
    return new Promise((resolve, reject) => {
      let isOver = false;
      const finish = (settle: () => void) => {
        if (isOver || !this.isAlive) return;
        isOver = true;
        cancelTimeout();
        settle();
      };
      const fail = (error: Error) => finish(() => reject(error));
      const abort = () => fail(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
      if (signal?.aborted === true) {
        isOver = true;
        return reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
      }
      signal?.addEventListener('abort', abort);
      const cancelTimeout = this.#after(timeoutMs, () => {
        this.isDisturbed = true;
        fail(Object.assign(new Error('Request timed out'), { name: 'TimeoutError' }));
      });

      const fate = this.#fate(weather);
      if (fate !== 'served') this.isDisturbed = true;
      const say = (what: string) =>
        journal.write(`${clock.nowMs.toFixed(3)} ${this.functionName} ${operation} ${what}`);
      if (fate === 'dies-before') return this.die();
      if (fate === 'lost') {
        this.#after(chance.between(1, 20), () => fail(reset()));
        return;
      }
      if (fate === 'failed' || fate === 'throttled') {
        const name = fate === 'failed' ? 'InternalServerError' : 'ProvisionedThroughputExceededException';
        this.#after(chance.between(1, 5), () => fail(thrownOf(new EngineError(name, 'By chance.'))));
        return;
      }
      const wayMs = chance.between(0.3, 2) + (fate === 'slow' ? chance.between(200, 6000) : 0);
      // Once sent, a request is carried out whatever becomes of who sent it.
      clock.after(wayMs, () => {
        services.get(service)?.handle(operation, input, (answer) => {
          say(answer.kind === 'done' ? 'done' : answer.error.name);
          clock.after(chance.between(0.3, 2), () => {
            if (!this.isAlive) return;
            if (fate === 'dies-after') return this.die();
            if (fate === 'unheard') return fail(reset());
            if (fate === 'failed-after')
              return fail(thrownOf(new EngineError('InternalServerError', 'By chance.')));
            if (answer.kind === 'failed') return fail(thrownOf(answer.error));
            finish(() => resolve(answer.output));
          });
        });
      });
    });
  }

  #fate(weather: Weather) {
    const chance = this.#chance;
    if (this.#isMortal && chance.isHit(weather.death)) {
      return chance.isHit(0.5) ? ('dies-before' as const) : ('dies-after' as const);
    }
    if (chance.isHit(weather.lostRequest)) return 'lost' as const;
    if (chance.isHit(weather.lostAnswer)) return 'unheard' as const;
    if (chance.isHit(weather.failedBefore)) return 'failed' as const;
    if (chance.isHit(weather.failedAfter)) return 'failed-after' as const;
    if (chance.isHit(weather.throttled)) return 'throttled' as const;
    return chance.isHit(weather.slow) ? ('slow' as const) : ('served' as const);
  }
}

function reset(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', name: 'Error' });
}
