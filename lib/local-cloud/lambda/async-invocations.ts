import { setTimeout as sleep } from 'node:timers/promises';
import { functionNameOf } from '../template/function-definitions.ts';
import type { LambdaService } from './lambda-service.ts';
import type { InvocationOutcome } from './runtime-api.ts';

/** Puts a text into the queue of an ARN. */
export type SendToQueue = (
  queueArn: string,
  body: string,
  attributes?: Readonly<Record<string, string>>,
) => Promise<void>;

/** Events that nobody waits for: of rules, schedules and log subscriptions. */
export interface AsyncInvocations {
  /** Takes an event for a function; it is tried three times in all and then goes to the dead-letter queue. */
  invoke(functionName: string, event: unknown): void;
  /** Takes an event whose first try has failed already. */
  invokeAgain(functionName: string, event: unknown, outcome: InvocationOutcome): void;
  /** Sends an event to a target that is a function or a queue. */
  deliver(targetArn: string, event: unknown): void;
  /** Settles when nothing is under way; for tests. */
  idle(): Promise<void>;
  stop(): void;
}

export interface AsyncInvocationsOptions {
  readonly lambda: Pick<LambdaService, 'invoke' | 'definition'>;
  readonly sendToQueue: SendToQueue;
  /** Says what was lost. */
  readonly complain: (message: string) => void;
  /** Waits before the second and the third try. Lambda waits one and two minutes, too long for a person. */
  readonly retryDelaysMs?: readonly number[];
}

const RETRY_DELAYS_MS = [10_000, 20_000];

/** Makes the place where events without a waiting caller are kept until their function took them. */
export function createAsyncInvocations(options: AsyncInvocationsOptions): AsyncInvocations {
  const { lambda, sendToQueue, complain, retryDelaysMs = RETRY_DELAYS_MS } = options;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  const retry = async (
    functionName: string,
    event: unknown,
    firstOutcome: InvocationOutcome,
  ): Promise<void> => {
    let outcome = firstOutcome;
    for (const delayMs of retryDelaysMs) {
      if (outcome.kind === 'answered') return;
      await sleep(delayMs, undefined, { signal: stopping.signal, ref: false });
      outcome = await lambda.invoke(functionName, event);
    }
    if (outcome.kind !== 'answered') await giveUp(functionName, event, outcome);
  };

  const giveUp = async (functionName: string, event: unknown, outcome: InvocationOutcome): Promise<void> => {
    const queueArn = lambda.definition(functionName)?.deadLetterQueueArn;
    const errorMessage = outcome.kind === 'failed' ? outcome.errorMessage : 'throttled';
    if (queueArn === undefined) {
      complain(`${functionName} failed for good and has no dead-letter queue: ${errorMessage}`);
    } else {
      await sendToQueue(queueArn, JSON.stringify(event), { ErrorMessage: errorMessage.slice(0, 1024) });
    }
  };

  const track = (work: Promise<void>, what: string): void => {
    const tracked = work
      .catch((error: unknown) => {
        if (!stopping.signal.aborted)
          complain(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };

  const invoke = (functionName: string, event: unknown): void => {
    const work = lambda.invoke(functionName, event).then((outcome) => retry(functionName, event, outcome));
    track(work, `An event for ${functionName} was lost`);
  };

  return {
    invoke,
    invokeAgain(functionName, event, outcome) {
      track(retry(functionName, event, outcome), `An event for ${functionName} was lost`);
    },
    deliver(targetArn, event) {
      const functionName = functionNameOf(targetArn);
      if (functionName !== undefined) return invoke(functionName, event);
      track(sendToQueue(targetArn, JSON.stringify(event)), `An event for ${targetArn} was lost`);
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    stop: () => stopping.abort(),
  };
}
