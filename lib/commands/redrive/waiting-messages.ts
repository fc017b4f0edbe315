import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  paginateListQueues,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { ConfigurationError } from '../../configuration/configuration-error.ts';

/** Long enough that an empty answer means an empty queue. */
const LONG_POLL_SECONDS = 1;
/** SQS gives no more than ten messages at a time. */
const MOST_RECEIVED = 10;

/**
 * Finds a queue of a stack by its logical id: CloudFormation makes the name of both, and a word of its own behind.
 * @returns its URL, or undefined where the stack has no such queue.
 * @throws ConfigurationError when several could be meant.
 */
export async function findQueue(
  client: SQSClient,
  stackName: string,
  logicalId: string,
): Promise<string | undefined> {
  const QueueNamePrefix = `${stackName}-${logicalId}`;
  const urls: string[] = [];
  for await (const { QueueUrls = [] } of paginateListQueues({ client }, { QueueNamePrefix })) {
    urls.push(...QueueUrls);
  }
  const ofStack = urls.filter((url) => /^(-[A-Za-z0-9]+)?$/.test(nameOf(url).slice(QueueNamePrefix.length)));
  if (ofStack.length > 1) {
    throw new ConfigurationError(`Several queues are called ${QueueNamePrefix}-…: ${ofStack.join(', ')}.`);
  }
  return ofStack[0];
}

const nameOf = (queueUrl: string): string => queueUrl.slice(queueUrl.lastIndexOf('/') + 1);

/** About how many messages wait in a queue, those included that somebody is looking at. */
export async function countMessages(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes ?? {};
  return Number(ApproximateNumberOfMessages ?? 0) + Number(ApproximateNumberOfMessagesNotVisible ?? 0);
}

export interface MoveOptions {
  readonly sqs: SQSClient;
  readonly fromUrl: string;
  readonly toUrl: string;
  /** Whether a message, by its body, belongs where it is to go; the others stay. */
  readonly accepts: (body: string) => boolean;
  readonly onMoved?: (moved: number) => void;
}

/** What became of the messages of a queue. */
export interface MoveReport {
  readonly moved: number;
  /** Those that were not accepted. */
  readonly left: number;
}

/**
 * Moves the messages that wait in a queue now to another one, each only deleted once the other has it: a command that
 * is broken off loses nothing, and may leave one message in both. What comes back meanwhile is not moved again.
 */
export async function moveMessages(options: MoveOptions): Promise<MoveReport> {
  const { sqs, fromUrl, toUrl, accepts, onMoved = () => undefined } = options;
  const waiting = await countMessages(sqs, fromUrl);
  const seen = new Set<string>();
  let moved = 0;

  const move = async ({ MessageId = '', Body = '', ReceiptHandle }: Message): Promise<void> => {
    seen.add(MessageId);
    if (!accepts(Body)) return;
    await sqs.send(new SendMessageCommand({ QueueUrl: toUrl, MessageBody: Body }));
    await sqs.send(new DeleteMessageCommand({ QueueUrl: fromUrl, ReceiptHandle }));
    moved += 1;
    onMoved(moved);
  };

  while (seen.size < waiting) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: fromUrl,
        MaxNumberOfMessages: Math.min(MOST_RECEIVED, waiting - seen.size),
        WaitTimeSeconds: LONG_POLL_SECONDS,
      }),
    );
    const fresh = Messages.filter(({ MessageId = '' }) => !seen.has(MessageId));
    if (fresh.length === 0) break;
    await Promise.all(fresh.map(move));
  }
  return { moved, left: seen.size - moved };
}
