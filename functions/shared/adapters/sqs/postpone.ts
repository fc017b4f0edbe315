import type { Postpone } from '../../ports/postpone.ts';
import { queueClient } from './queue-client.ts';

/** Puts messages of one queue back, each for a time of its own. */
export function createPostpone(queueUrl: string): Postpone {
  return async (receiptHandle, seconds) => {
    const { ChangeMessageVisibilityCommand } = await import('@aws-sdk/client-sqs');
    const client = await queueClient();
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  };
}
