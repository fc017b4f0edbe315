import { gzipSync } from 'node:zlib';
import type { AsyncInvocations } from '../lambda/async-invocations.ts';
import type { FunctionLogs, LogLine } from '../lambda/function-logs.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import { UnservableTemplateError } from '../template/assembly.ts';
import { ACCOUNT_ID } from '../template/physical-names.ts';
import type { LogSubscription } from '../template/trigger-definitions.ts';

/** CloudWatch puts several lines into one delivery; this many at most here. */
const MOST_LINES = 500;
const JSON_EQUALITY = /^\{\s*\$\.([A-Za-z0-9_.]+)\s*=\s*"([^"]*)"\s*\}$/;

/**
 * Compiles a filter of CloudWatch Logs: `{ $.field = "text" }`, with dots for nested fields, or the empty filter
 * that lets every line pass.
 * @throws UnservableTemplateError for any other filter.
 */
export function compileLogFilter(pattern: string): (message: string) => boolean {
  if (pattern.trim() === '') return () => true;
  const [, path, expected] = JSON_EQUALITY.exec(pattern.trim()) ?? [];
  if (path === undefined || expected === undefined) {
    throw new UnservableTemplateError(
      `The log filter ${pattern} is not served; the local cloud knows { $.field = "text" }.`,
    );
  }
  const steps = path.split('.');
  return (message) => {
    // Most lines are not meant; looking for the text is far cheaper than parsing them all.
    if (!message.includes(expected)) return false;
    return readPath(parse(message), steps) === expected;
  };
}

/**
 * Delivers the lines of log groups to functions, within milliseconds. Lines that come while a delivery runs travel
 * together in the next one, so a rush of lines does not become a rush of invocations.
 * @returns what ends the deliveries.
 */
export function startLogSubscriptions(
  subscriptions: readonly LogSubscription[],
  services: {
    readonly logs: FunctionLogs;
    readonly lambda: LambdaService;
    readonly asyncInvocations: AsyncInvocations;
  },
): () => void {
  const { logs, lambda, asyncInvocations } = services;
  const feeds = subscriptions.map((subscription) => {
    const passes = compileLogFilter(subscription.filterPattern);
    const deliver = createDelivery(subscription, lambda, asyncInvocations);
    return (logGroup: string, line: LogLine): void => {
      if (logGroup === subscription.logGroup && passes(line.message)) deliver(line);
    };
  });
  return logs.onLine((line) => {
    const logGroup = lambda.definition(line.functionName)?.logGroup;
    if (logGroup !== undefined) for (const feed of feeds) feed(logGroup, line);
  });
}

function createDelivery(
  subscription: LogSubscription,
  lambda: LambdaService,
  asyncInvocations: AsyncInvocations,
): (line: LogLine) => void {
  const waiting: LogLine[] = [];
  let isDelivering = false;

  const deliverWaiting = async (): Promise<void> => {
    isDelivering = true;
    while (waiting.length > 0) {
      const event = logsEvent(subscription, waiting.splice(0, MOST_LINES));
      const outcome = await lambda.invoke(subscription.functionName, event);
      // A delivery that fails is tried again on its own time and holds up nothing behind it.
      if (outcome.kind !== 'answered')
        asyncInvocations.invokeAgain(subscription.functionName, event, outcome);
    }
    isDelivering = false;
  };

  return (line) => {
    waiting.push(line);
    if (!isDelivering) void deliverWaiting();
  };
}

let lastEventId = 0n;

function logsEvent({ logGroup, logicalId }: LogSubscription, lines: readonly LogLine[]): unknown {
  const data = {
    messageType: 'DATA_MESSAGE',
    owner: ACCOUNT_ID,
    logGroup,
    logStream: 'local',
    subscriptionFilters: [logicalId],
    logEvents: lines.map(({ message, epochMs }) => {
      lastEventId += 1n;
      const id = `${BigInt(epochMs) * 10n ** 12n + lastEventId}`.padStart(56, '0');
      return { id, timestamp: epochMs, message };
    }),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

function readPath(value: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (current, step) =>
      typeof current === 'object' && current !== null
        ? new Map(Object.entries(current)).get(step)
        : undefined,
    value,
  );
}
