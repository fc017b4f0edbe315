import { Duration, Validations } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { pinLogicalId } from './logical-id.ts';

/** Tries before an event is put aside; with the waits of the function between them, about an hour. */
const MOST_TRIES = 20;
/** Longer than the function may take: a batch whose consumer died comes back after it. */
const HIDDEN_WHILE_REPLAYED = Duration.minutes(3);

/** The longest that SQS keeps a message. */
const LONGEST_RETENTION = Duration.days(14);

const DEAD_LETTERS = 'It is itself where messages end up that nothing could process; people take them out.';

/** A queue that nobody can read at rest or reach without TLS. */
export function secureQueue(
  scope: Construct,
  id: string,
  props: Partial<ConstructorParameters<typeof Queue>[2]> = {},
): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: LONGEST_RETENTION,
    ...props,
  });
  pinLogicalId(queue, id);
  return queue;
}

/** A queue without a consumer, where messages wait for a person. */
export function createDeadLetterQueue(scope: Construct, id: string): Queue {
  const queue = secureQueue(scope, id);
  Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: DEAD_LETTERS });
  return queue;
}

/** Where a webhook's event goes that cannot be stored now, or that has a shape nobody expected. */
export class WebhookQueues extends Construct {
  /** Raw events that could not be stored, replayed until they are. */
  readonly retry: Queue;
  /** What was replayed too often. */
  readonly deadLetters: Queue;
  /** Authenticated bodies that do not match their schema. */
  readonly quarantine: Queue;

  constructor(scope: Construct) {
    super(scope, 'WebhookQueues');
    this.deadLetters = createDeadLetterQueue(this, 'WebhookRetryDeadLetterQueue');
    this.quarantine = createDeadLetterQueue(this, 'QuarantineQueue');
    this.retry = secureQueue(this, 'WebhookRetryQueue', {
      visibilityTimeout: HIDDEN_WHILE_REPLAYED,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MOST_TRIES },
    });
  }

  /** For the webhooks that acknowledge events: keeps an event that cannot be stored now. */
  grantKeepForRetry(grantee: IGrantable): void {
    this.retry.grant(grantee, 'sqs:SendMessage');
  }

  /** For the function that replays events: takes them out of the queue, or leaves them there for a while. */
  grantReplay(grantee: IGrantable): void {
    this.retry.grant(
      grantee,
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ChangeMessageVisibility',
    );
  }

  /** For whoever reads webhooks: puts a body of unexpected shape aside. */
  grantQuarantine(grantee: IGrantable): void {
    this.quarantine.grant(grantee, 'sqs:SendMessage');
  }
}
