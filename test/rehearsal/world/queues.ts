import type { QueueDefinition } from '../../../lib/local-cloud/template/storage-definitions.ts';
import type { EventSourceMapping } from '../../../lib/local-cloud/template/trigger-definitions.ts';
import type { Chance } from './chance.ts';
import type { VirtualClock } from './clock.ts';
import type { Lambda } from './lambda.ts';
import { failedOf, passes } from './records.ts';
import { promptService, type Service } from './services.ts';
import type { Weather } from './weather.ts';

interface Message {
  readonly id: string;
  readonly body: string;
  readonly group: string | undefined;
  readonly sentAtMs: number;
  visibleAtMs: number;
  receives: number;
  receipt: string;
}

interface Queue {
  readonly definition: QueueDefinition;
  readonly messages: Message[];
  feed: (() => void) | undefined;
}

export interface QueuesOptions {
  readonly definitions: readonly QueueDefinition[];
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly weather: () => Weather;
  readonly forgetsFailures: boolean;
}

/** SQS: at least once, dead letters after too many tries, and the functions that are fed from it. */
export class Queues {
  readonly service: Service;
  readonly #options: QueuesOptions;
  readonly #queues: Queue[];
  #messages = 0;

  constructor(options: QueuesOptions) {
    this.#options = options;
    this.#queues = options.definitions.map((definition) => ({ definition, messages: [], feed: undefined }));
    this.service = promptService({
      SendMessage: ({ QueueUrl, MessageBody, DelaySeconds, MessageGroupId }) => {
        const group = typeof MessageGroupId === 'string' ? MessageGroupId : undefined;
        return {
          MessageId: this.#send(this.#named(QueueUrl), String(MessageBody), Number(DelaySeconds ?? 0), group),
        };
      },
      SendMessageBatch: ({ QueueUrl, Entries }) => ({
        Successful: (Entries as { Id: string; MessageBody: string }[]).map(({ Id, MessageBody }) => ({
          Id,
          MessageId: this.#send(this.#named(QueueUrl), MessageBody),
        })),
        Failed: [],
      }),
      ChangeMessageVisibility: ({ QueueUrl, ReceiptHandle, VisibilityTimeout }) => {
        const message = this.#named(QueueUrl).messages.find(({ receipt }) => receipt === ReceiptHandle);
        if (message !== undefined)
          message.visibleAtMs = options.clock.nowMs + Number(VisibilityTimeout) * 1000;
        return {};
      },
    });
  }

  /** Puts a message into a queue, as a rule or a failure destination does. */
  deliver(arn: string, body: string): void {
    this.#send(this.#named(arn), body);
  }

  /** How many messages lie in the queues that nobody is fed from. */
  deadLetters(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.#queues
        .filter(({ feed, messages }) => feed === undefined && messages.length > 0)
        .map(({ definition, messages }) => [definition.logicalId, messages.length]),
    );
  }

  /** How many messages still wait for a function. */
  waiting(): number {
    return this.#queues.reduce((sum, { feed, messages }) => sum + (feed ? messages.length : 0), 0);
  }

  feed(mapping: EventSourceMapping, lambda: Lambda): void {
    const { clock, chance, weather } = this.#options;
    const queue = this.#named(mapping.sourceArn);
    const matches = passes(mapping.patterns);
    let isPlanned = false;

    const receive = (): Message[] => {
      const taken: Message[] = [];
      for (const message of [...queue.messages]) {
        if (taken.length === Math.min(mapping.batchSize, 10)) break;
        if (message.visibleAtMs > clock.nowMs) continue;
        if (this.#giveUp(queue, message)) continue;
        message.receives += 1;
        message.receipt = `${message.id}/${message.receives}`;
        message.visibleAtMs = clock.nowMs + queue.definition.visibilityTimeoutSeconds * 1000;
        taken.push(message);
      }
      return taken;
    };
    const remove = (message: Message): void => {
      // SQS may deliver what was deleted once more.
      if (chance.isHit(weather().repeated)) {
        message.visibleAtMs = clock.nowMs + chance.between(50, 3000);
        return;
      }
      queue.messages.splice(queue.messages.indexOf(message), 1);
    };
    const process = async (): Promise<void> => {
      isPlanned = false;
      const taken = receive();
      const wanted = taken.filter(({ body }) => matches({ body: parsed(body) }));
      for (const message of taken) if (!wanted.includes(message)) remove(message);
      if (wanted.length > 0) {
        const Records = wanted.map((message) => recordOf(message, mapping.sourceArn));
        const outcome = await lambda.invoke(mapping.functionName, { Records });
        const failed = failedOf(
          outcome,
          mapping.reportsItemFailures,
          wanted.map(({ id }) => id),
        );
        for (const message of wanted)
          if (!failed.has(message.id) || this.#options.forgetsFailures) remove(message);
      }
      plan();
    };
    const plan = (): void => {
      if (isPlanned || queue.messages.length === 0) return;
      isPlanned = true;
      const soonest = Math.min(...queue.messages.map(({ visibleAtMs }) => visibleAtMs));
      clock.after(Math.max(0, soonest - clock.nowMs) + chance.between(5, 100), () => void process());
    };
    queue.feed = plan;
  }

  #giveUp({ definition, messages }: Queue, message: Message): boolean {
    const policy = JSON.parse(definition.attributes.RedrivePolicy ?? '{}') as {
      deadLetterTargetArn?: string;
      maxReceiveCount?: number;
    };
    if (policy.deadLetterTargetArn === undefined || message.receives < (policy.maxReceiveCount ?? 1)) {
      return false;
    }
    messages.splice(messages.indexOf(message), 1);
    this.#send(this.#named(policy.deadLetterTargetArn), message.body);
    return true;
  }

  #send(queue: Queue, body: string, delaySeconds = 0, group?: string): string {
    this.#messages += 1;
    const { clock } = this.#options;
    const id = `message-${this.#messages}`;
    queue.messages.push({
      id,
      body,
      group,
      sentAtMs: clock.nowMs,
      visibleAtMs: clock.nowMs + delaySeconds * 1000,
      receives: 0,
      receipt: '',
    });
    queue.feed?.();
    return id;
  }

  #named(name: unknown): Queue {
    const queue = this.#queues.find(({ definition: { arn, url } }) => arn === name || url === name);
    if (queue === undefined) throw new Error(`The stack has no queue ${name}.`);
    return queue;
  }
}

function recordOf({ id, body, group, receives, receipt, sentAtMs }: Message, eventSourceARN: string) {
  return {
    messageId: id,
    receiptHandle: receipt,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(Math.floor(sentAtMs)),
      SenderId: 'rehearsal',
      ApproximateFirstReceiveTimestamp: String(Math.floor(sentAtMs)),
      ...(group !== undefined && { MessageGroupId: group }),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: 'ap-southeast-1',
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
