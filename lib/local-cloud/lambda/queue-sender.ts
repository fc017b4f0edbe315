import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueDefinition } from '../template/storage-definitions.ts';
import type { SendToQueue } from './async-invocations.ts';

/** Makes the function that sends texts to queues of the template by their ARN. */
export function createQueueSender(sqs: SQSClient, queues: readonly QueueDefinition[]): SendToQueue {
  return async (queueArn, MessageBody, attributes = {}) => {
    const queue = queues.find(({ arn }) => arn === queueArn);
    if (queue === undefined) throw new Error(`There is no queue ${queueArn} in the template.`);
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody, MessageAttributes }));
  };
}
