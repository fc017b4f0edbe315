import { queueClient } from './queue-client.ts';

/** Sends a message as JSON; resolves when the queue has it for sure. */
export async function sendMessage(queueUrl: string, message: object): Promise<void> {
  const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
  const client = await queueClient();
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }));
}
