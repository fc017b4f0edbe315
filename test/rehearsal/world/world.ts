import { gzipSync } from 'node:zlib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { nextRun } from '../../../lib/local-cloud/event-bridge/schedule-expression.ts';
import { compileLogFilter } from '../../../lib/local-cloud/event-sources/log-subscriptions.ts';
import { createRouteMatcher } from '../../../lib/local-cloud/gateway/http-routing.ts';
import {
  makeTemporaryFolder,
  removeTemporaryFolder,
} from '../../../lib/local-cloud/processes/guarded-process.ts';
import { type Deployment, readDeployment } from '../../../lib/local-cloud/template/deployment.ts';
import { compilePattern } from '../../../lib/local-cloud/template/event-pattern.ts';
import { functionNameOf } from '../../../lib/local-cloud/template/function-definitions.ts';
import { synthesize } from '../../../lib/synthesize.ts';
import { EngineError } from '../dynamodb/requests.ts';
import { bundlePrograms, type Program } from './bundles.ts';
import { createChance } from './chance.ts';
import { VirtualClock } from './clock.ts';
import { HardDatabase } from './database.ts';
import type { Ground } from './environment.ts';
import type { Interference } from './interference.ts';
import { Journal } from './journal.ts';
import { Lambda, type Outcome } from './lambda.ts';
import { Queues } from './queues.ts';
import { createSecrets, createStorage, promptService } from './services.ts';
import { Streams } from './streams.ts';
import { calm, type Weather } from './weather.ts';

/** What every world is made from; costs seconds, and is the same for all seeds. */
export interface Plan {
  readonly deployment: Deployment;
  readonly programs: ReadonlyMap<string, Program>;
}

export const AUTHORIZATION = 'Bearer rehearsal';
export const SUB_ACCOUNT = 'rehearsal_masking';
export const API_KEY = 'rehearsal-api-key';
export const EIGHT_BY_EIGHT_URL = 'https://voice.8x8.example';
const API_KEY_SECRET = 'rehearsal/8x8-api-key';
/** The names of the stand-ins must not be resolved by any machine. */
const ADDRESSES = { api: 'https://api.example', queues: 'https://queues.example' };

/** Synthesizes the stack and bundles its functions. */
export async function readPlan(context: Readonly<Record<string, unknown>> = {}): Promise<Plan> {
  const outdir = makeTemporaryFolder('rehearsal-');
  try {
    const [programs, assembly] = await Promise.all([
      bundlePrograms(),
      synthesize({
        stage: 'local',
        outdir,
        context: {
          'eightByEight.baseUrl': EIGHT_BY_EIGHT_URL,
          'eightByEight.subAccountId': SUB_ACCOUNT,
          'eightByEight.apiKeySecretName': API_KEY_SECRET,
          ...context,
        },
        // The code comes from the bundles made here; the template only has to name some.
        codeFor: () => Code.fromAsset(import.meta.dirname),
      }),
    ]);
    return { deployment: readDeployment(assembly.directory, ADDRESSES), programs };
  } finally {
    await removeTemporaryFolder(outdir);
  }
}

export interface WorldOptions {
  readonly plan: Plan;
  readonly seed: number;
  readonly startMs: number;
  /** How many lines of the journal are kept for people. */
  readonly keptLines?: number;
  readonly interference?: Interference;
  readonly fetch: Ground['fetch'];
}

/** An event on the bus. */
export interface BusEvent {
  readonly type: string;
  readonly detail: Record<string, unknown>;
}

/** An answer of the API. */
export interface HttpAnswer {
  readonly status: number;
  readonly json: Record<string, unknown>;
  readonly text: string;
  /** Whether something went wrong on the way that the service cannot be blamed for. */
  readonly isDisturbed: boolean;
  readonly tookMs: number;
}

/** The whole service with all of AWS around it, in one process and in a time of its own. */
export class World {
  readonly clock: VirtualClock;
  readonly chance;
  readonly journal: Journal;
  readonly database: HardDatabase;
  readonly queues: Queues;
  readonly lambda: Lambda;
  readonly streams: Streams;
  readonly recordings: Map<string, number>;
  readonly published: BusEvent[] = [];
  /** Lines that functions logged as errors, by their code. */
  readonly errors = new Map<string, number>();
  weather: Weather = calm;
  /** Invocations that nobody waits for and that are not over. */
  #pending = 0;
  readonly #match;
  readonly #plan: Plan;
  readonly #interference: Interference;

  constructor({ plan, seed, startMs, keptLines = 0, interference = {}, fetch }: WorldOptions) {
    const { deployment, programs } = plan;
    this.#plan = plan;
    this.#interference = interference;
    this.clock = new VirtualClock(startMs);
    this.chance = createChance(seed);
    this.journal = new Journal(keptLines);
    const { clock, journal } = this;
    const weather = (): Weather => this.weather;
    const part = (name: string) => ({ clock, chance: this.chance.fork(name), weather });
    const storage = createStorage();
    this.recordings = storage.objects;
    this.database = new HardDatabase({
      tables: deployment.tables,
      onChange: (change) => {
        if (interference.keepsRecord?.() !== false) this.streams.tell(change);
      },
      interference,
      ...part('database'),
    });
    this.queues = new Queues({
      definitions: deployment.queues,
      forgetsFailures: interference.forgetsFailures === true,
      ...part('queues'),
    });
    const services = new Map([
      ['dynamodb', { handle: this.database.request.bind(this.database) }],
      ['sqs', this.queues.service],
      ['secrets', createSecrets(secretTexts(deployment))],
      ['s3', storage.service],
      ['eventbridge', this.#bus()],
    ]);
    const ground: Ground = {
      journal,
      services,
      fetch,
      onLine: (functionName, line) => this.#read(functionName, line),
      ...part('functions'),
    };
    this.lambda = new Lambda(ground, deployment.functions, programs);
    this.streams = new Streams({
      mappings: deployment.eventSourceMappings.filter(({ sourceArn }) => !sourceArn.includes(':sqs:')),
      streamArnOf: (tableName) =>
        deployment.tables.find(({ create }) => create.TableName === tableName)?.streamArn,
      lambda: this.lambda,
      queues: this.queues,
      forgetsFailures: interference.forgetsFailures === true,
      ...part('streams'),
    });
    for (const mapping of deployment.eventSourceMappings) {
      if (mapping.sourceArn.includes(':sqs:')) this.queues.feed(mapping, this.lambda);
    }
    this.#match = createRouteMatcher(deployment.routes);
    this.#startSchedules();
  }

  /** Whether nothing is left that will happen by itself soon. */
  get isQuiet(): boolean {
    return this.#pending === 0 && this.streams.waiting() === 0 && this.queues.waiting() === 0;
  }

  /** Sends a request through the gateway. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer> {
    const startMs = this.clock.nowMs;
    const [rawPath = '', rawQueryString = ''] = path.split('?');
    const found = this.#match(method, rawPath);
    if (found === undefined) throw new Error(`The API has no ${method} ${path}.`);
    const { route, pathParameters } = found;
    const query = Object.fromEntries(new URLSearchParams(rawQueryString));
    const invoked = this.lambda.invoke(route.functionName, {
      version: '2.0',
      routeKey: route.routeKey,
      rawPath,
      rawQueryString,
      headers: { 'content-type': 'application/json', ...headers },
      ...(rawQueryString !== '' && { queryStringParameters: query }),
      pathParameters,
      requestContext: {
        http: { method, path: rawPath, sourceIp: '18.140.80.2' },
        requestId: `request-${this.lambda.invocations}`,
        routeKey: route.routeKey,
        timeEpoch: startMs,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      isBase64Encoded: false,
    });
    const late = this.clock
      .sleep(route.integrationTimeoutMs)
      .then((): Outcome => ({ kind: 'failed', message: 'The gateway waits no longer.' }));
    const outcome = await Promise.race([invoked, late]);
    const tookMs = this.clock.nowMs - startMs;
    if (outcome.kind === 'failed') {
      return { status: 503, json: {}, text: '', isDisturbed: true, tookMs };
    }
    const { statusCode = 200, body: text = '' } = outcome.payload as { statusCode?: number; body?: string };
    const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    this.journal.write(`${this.clock.nowMs.toFixed(3)} ${route.routeKey} ${statusCode} ${text}`);
    return { status: statusCode, json, text, isDisturbed: outcome.isDisturbed, tookMs };
  }

  /** Starts a function that nobody waits for; it is tried again twice, and then its event is a dead letter. */
  startFunction(name: string, event: unknown): void {
    this.#pending += 1;
    void this.#tryThrice(name, event).finally(() => {
      this.#pending -= 1;
    });
  }

  async #tryThrice(name: string, event: unknown): Promise<void> {
    for (const waitMs of [60_000, 120_000, undefined]) {
      const outcome = await this.lambda.invoke(name, event);
      if (outcome.kind === 'answered' || this.#interference.forgetsFailures === true) return;
      if (waitMs !== undefined) await this.clock.sleep(waitMs);
    }
    const arn = this.lambda.definition(name)?.deadLetterQueueArn;
    if (arn !== undefined) this.queues.deliver(arn, JSON.stringify(event));
  }

  #startSchedules(): void {
    for (const { schedule, targets } of this.#plan.deployment.rules) {
      if (schedule === undefined) continue;
      const plan = (): void => {
        const atMs = nextRun(schedule, this.clock.nowMs);
        if (atMs === undefined) return;
        this.clock.after(atMs - this.clock.nowMs, () => {
          for (const { arn, input } of targets)
            this.#trigger(arn, input === undefined ? {} : JSON.parse(input));
          plan();
        });
      };
      plan();
    }
    const sweep = (): void => {
      this.clock.after(6 * 3_600_000, () => {
        this.database.sweep();
        sweep();
      });
    };
    sweep();
  }

  #trigger(arn: string, event: unknown): void {
    const name = functionNameOf(arn);
    if (name !== undefined) this.startFunction(name, event);
    else this.queues.deliver(arn, JSON.stringify(event));
  }

  #bus() {
    const chance = this.chance.fork('bus');
    const rules = this.#plan.deployment.rules
      .filter(({ pattern }) => pattern !== undefined)
      .map(({ pattern, targets }) => ({ matches: compilePattern(pattern), targets }));
    return promptService({
      PutEvents: ({ Entries }) => {
        const entries = Entries as { Source: string; DetailType: string; Detail: string }[];
        if (entries.length > 10) throw new EngineError('ValidationException', 'Too many entries');
        const answers = entries.map(({ Source, DetailType, Detail }) => {
          if (chance.isHit(this.weather.refusedEntries)) return { ErrorCode: 'ThrottlingException' };
          const detail = JSON.parse(Detail) as Record<string, unknown>;
          if (this.#interference.keepsEvent?.() === false) return { EventId: 'swallowed' };
          this.published.push({ type: DetailType, detail });
          const event = { source: Source, 'detail-type': DetailType, detail };
          for (const { matches, targets } of rules) {
            if (matches(event)) for (const { arn } of targets) this.#trigger(arn, event);
          }
          return { EventId: `event-${this.published.length}` };
        });
        return {
          Entries: answers,
          FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length,
        };
      },
    });
  }

  #read(functionName: string, line: string): void {
    // A stack tells where this world stands in the process that plays it.
    const told = line.replace(/,"stack":\[[^\]]*\]/g, '');
    this.journal.write(`${this.clock.nowMs.toFixed(3)} ${functionName} says ${told}`);
    if (line.includes('"level":"ERROR"')) {
      const code = /"code":"([A-Z_]+)"/.exec(line)?.[1] ?? 'UNKNOWN';
      this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
    }
    const logGroup = this.lambda.definition(functionName)?.logGroup;
    for (const subscription of this.#plan.deployment.logSubscriptions) {
      if (subscription.logGroup !== logGroup || !compileLogFilter(subscription.filterPattern)(line)) continue;
      if (this.#interference.keepsLine?.() === false) continue;
      const text = JSON.stringify({
        messageType: 'DATA_MESSAGE',
        logEvents: [{ id: String(this.journal.lines), timestamp: this.clock.nowMs, message: line }],
      });
      const event = { awslogs: { data: gzipSync(text).toString('base64') } };
      this.#pending += 1;
      this.clock.after(this.chance.between(50, 1500), () => {
        this.startFunction(subscription.functionName, event);
        this.#pending -= 1;
        if (this.chance.isHit(this.weather.repeated)) this.startFunction(subscription.functionName, event);
      });
    }
  }
}

function secretTexts({ secrets }: Deployment): Map<string, string> {
  const texts = new Map([[API_KEY_SECRET, API_KEY]]);
  for (const { logicalId, arn, value } of secrets) {
    const isWebhook = logicalId.startsWith('WebhookSecret');
    const text = isWebhook ? JSON.stringify({ authorization: AUTHORIZATION }) : value;
    texts.set(
      arn,
      typeof text === 'string' ? text : JSON.stringify({ current: 'rehearsal', token: 'rehearsal' }),
    );
  }
  return texts;
}
