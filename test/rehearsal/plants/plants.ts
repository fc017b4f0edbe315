import type { Input } from '../dynamodb/requests.ts';
import type { Program } from '../world/bundles.ts';
import type { Interference } from '../world/interference.ts';
import type { Plan } from '../world/world.ts';

/** A fault that the rehearsal has to find; planted around the service, never in it. */
export interface Plant {
  readonly name: string;
  /** Made anew for every seed, so that no seed hears of another. */
  readonly plant: () => { readonly interference?: Interference; readonly wrap?: Wraps };
}

type Handler = ReturnType<Program>['handler'];
/** What stands before a function, by its folder. */
type Wraps = Readonly<
  Record<string, (handler: Handler, run: (event: unknown) => Promise<Answer>) => Handler>
>;

interface Answer {
  readonly statusCode?: number;
  readonly body?: string;
}
interface HttpEvent {
  readonly routeKey: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly pathParameters?: Record<string, string>;
}

/** Every n-th time. */
function every(times: number): () => boolean {
  let count = 0;
  return () => {
    count += 1;
    return count % times === 0;
  };
}

const isWrite = (operation: string) => ['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation);
const stepsOf = (input: Input) => input.TransactItems as Input[];
const contentOf = (step: Input) => Object.values(step)[0] as Input;

/** Takes conditions away where they match, in single writes and in steps of transactions. */
function withoutConditions(matches: (write: Input) => boolean): Interference {
  const strip = (write: Input): Input => {
    const { ConditionExpression: condition, ...rest } = write;
    return condition !== undefined && matches(write) ? rest : write;
  };
  return {
    input(operation, input) {
      if (isWrite(operation)) return strip(input);
      if (operation !== 'TransactWriteItems') return input;
      const TransactItems = stepsOf(input).flatMap((step) => {
        const [[kind, content] = ['', {}]] = Object.entries(step);
        if (kind === 'ConditionCheck') return matches(content as Input) ? [] : [step];
        return [{ [kind]: strip(content as Input) }];
      });
      return { ...input, TransactItems };
    },
  };
}

/** Leaves steps out of transactions of several. */
function withoutStep(isLeft: (steps: readonly Input[], at: number) => boolean): Interference {
  return {
    input(operation, input) {
      if (operation !== 'TransactWriteItems' || stepsOf(input).length < 3) return input;
      return { ...input, TransactItems: stepsOf(input).filter((_, at) => !isLeft(stepsOf(input), at)) };
    },
  };
}

const onTable = (name: string) => (write: Input) => String(write.TableName).includes(name);
const json = (statusCode: number, body: object): Answer => ({ statusCode, body: JSON.stringify(body) });

/** Puts something before the answer of one route of the booking API. */
function beforeRoute(
  routeKey: string,
  work: (event: HttpEvent, run: (event: unknown) => Promise<Answer>) => Promise<Answer>,
): Wraps {
  return {
    'booking-api': (handler, run) => (event, context) => {
      const request = event as HttpEvent;
      return request.routeKey === routeKey ? work(request, run) : handler(event, context);
    },
  };
}

/** A webhook that says yes to every n-th event and forgets it. */
function forgetting(folder: string, times: number): Plant['plant'] {
  return () => {
    const isHit = every(times);
    return {
      wrap: {
        [folder]: (handler) => (event, context) =>
          isHit() ? Promise.resolve({ statusCode: 200, body: '' }) : handler(event, context),
      },
    };
  };
}

export const plants: readonly Plant[] = [
  {
    name: 'claims are written without their condition',
    plant: () => ({ interference: withoutConditions(onTable('CallRoutes')) }),
  },
  {
    name: 'no write has a condition',
    plant: () => ({ interference: withoutConditions(() => true) }),
  },
  {
    name: 'a booking is changed whatever its version',
    plant: () => ({
      interference: withoutConditions((write) => String(write.ConditionExpression).includes('version')),
    }),
  },
  {
    name: 'what must not be there yet is overwritten',
    plant: () => ({
      interference: withoutConditions((write) =>
        String(write.ConditionExpression).includes('attribute_not_exists'),
      ),
    }),
  },
  {
    name: 'the last step of a transaction is left out',
    plant: () => ({ interference: withoutStep((steps, at) => at === steps.length - 1) }),
  },
  {
    name: 'the first step of a transaction is left out',
    plant: () => ({ interference: withoutStep((_, at) => at === 0) }),
  },
  {
    name: 'transactions leave the look-up table out',
    plant: () => ({
      interference: withoutStep((steps, at) => onTable('CallRoutes')(contentOf(steps[at] ?? {}))),
    }),
  },
  {
    name: 'every 40th write is answered and not made',
    plant: () => {
      const isHit = every(40);
      return {
        interference: {
          input: (operation, input) =>
            operation === 'TransactWriteItems' && isHit() ? { ...input, TransactItems: [] } : input,
        },
      };
    },
  },
  {
    name: 'batch reads hide what they left unprocessed',
    plant: () => ({
      interference: {
        answer: (operation, _, answer) =>
          operation === 'BatchGetItem' && answer.kind === 'done'
            ? { ...answer, output: { ...answer.output, UnprocessedKeys: {} } }
            : answer,
      },
    }),
  },
  {
    name: 'pages that end early say that they are the last',
    plant: () => ({
      interference: {
        answer: (operation, _, answer) => {
          if (operation !== 'Query' || answer.kind !== 'done') return answer;
          const { LastEvaluatedKey: _last, ...output } = answer.output;
          return { ...answer, output };
        },
      },
    }),
  },
  {
    name: 'the look-up of a call finds nothing every 25th time',
    plant: () => {
      const isHit = every(25);
      return {
        interference: {
          answer: (operation, input, answer) =>
            ['GetItem', 'Query'].includes(operation) && onTable('CallRoutes')(input) && isHit()
              ? { kind: 'done', output: { Items: [], Count: 0 } }
              : answer,
        },
      };
    },
  },
  {
    name: 'every 15th change never reaches the stream',
    plant: () => {
      const isHit = every(15);
      return { interference: { keepsRecord: () => !isHit() } };
    },
  },
  {
    name: 'every 12th event of the bus reaches nobody',
    plant: () => {
      const isHit = every(12);
      return { interference: { keepsEvent: () => !isHit() } };
    },
  },
  {
    name: 'every 10th decision in the log is lost',
    plant: () => {
      const isHit = every(10);
      return { interference: { keepsLine: () => !isHit() } };
    },
  },
  { name: 'what failed is not delivered again', plant: () => ({ interference: { forgetsFailures: true } }) },
  { name: 'status events are acknowledged and forgotten', plant: forgetting('call-status', 15) },
  { name: 'summaries are acknowledged and forgotten', plant: forgetting('session-summary', 8) },
  { name: 'recordings are acknowledged and forgotten', plant: forgetting('recording-uploaded', 3) },
  {
    name: 'the last answer of a number is given to the next caller',
    plant: () => {
      let last: unknown;
      const isHit = every(6);
      return {
        wrap: {
          'call-action': (handler) => async (event, context) => {
            if (last !== undefined && isHit()) return last;
            last = await handler(event, context);
            return last;
          },
        },
      };
    },
  },
  {
    name: 'every 20th call is answered without a callflow',
    plant: () => {
      const isHit = every(20);
      return {
        wrap: {
          'call-action': (handler) => (event, context) =>
            isHit() ? Promise.resolve(json(200, { callflow: [] })) : handler(event, context),
        },
      };
    },
  },
  {
    name: 'a booking is said to be complete, and is not',
    plant: () => ({
      wrap: beforeRoute('POST /v1/bookings/{bookingId}/complete', async () => json(200, {})),
    }),
  },
  {
    name: 'somebody is said to be blocked, and is not',
    plant: () => ({ wrap: beforeRoute('PUT /v1/blocklist/{e164}', async () => json(200, {})) }),
  },
  {
    name: 'somebody is said to be erased, and is not',
    plant: () => ({
      wrap: beforeRoute('DELETE /v1/parties/{e164}', async () => json(200, { complete: true })),
    }),
  },
  {
    name: 'the idempotency key is not looked at',
    plant: () => ({
      wrap: beforeRoute('POST /v1/bookings', (event, run) => {
        const { 'idempotency-key': _, ...headers } = event.headers;
        return run({ ...event, headers });
      }),
    }),
  },
  {
    name: 'every 10th booking is refused for nothing',
    plant: () => {
      const isHit = every(10);
      return {
        wrap: beforeRoute('POST /v1/bookings', (event, run) =>
          isHit() ? Promise.resolve(json(409, { code: 'NO_VIRTUAL_NUMBER_AVAILABLE' })) : run(event),
        ),
      };
    },
  },
  {
    name: 'a conflict while ending is told as somebody being blocked',
    plant: () => {
      const isHit = every(12);
      return {
        wrap: beforeRoute('POST /v1/bookings/{bookingId}/cancel', (event, run) =>
          isHit() ? Promise.resolve(json(409, { code: 'PHONE_NUMBER_BLOCKED' })) : run(event),
        ),
      };
    },
  },
];

/** The plan with something before some of its functions. */
export function wrapped(plan: Plan, wraps: Wraps | undefined): Plan {
  if (wraps === undefined) return plan;
  const programs = new Map(
    [...plan.programs].map(([folder, program]): [string, Program] => {
      const wrap = wraps[folder];
      if (wrap === undefined) return [folder, program];
      return [
        folder,
        (globals, require) => {
          const { handler } = program(globals, require);
          const run = (event: unknown) => handler(event, {}) as Promise<Answer>;
          return { handler: wrap(handler, run) };
        },
      ];
    }),
  );
  return { ...plan, programs };
}
