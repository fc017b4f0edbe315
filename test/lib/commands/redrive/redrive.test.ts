import { stripVTControlCharacters } from 'node:util';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runRedrive } from '../../../../lib/commands/redrive/redrive-command.ts';
import { countMessages, findQueue, moveMessages } from '../../../../lib/commands/redrive/waiting-messages.ts';
import {
  makeTemporaryFolder,
  removeTemporaryFolder,
} from '../../../../lib/local-cloud/processes/guarded-process.ts';
import {
  type StorageServer,
  startStorageServer,
} from '../../../../lib/local-cloud/storage/storage-server.ts';
import { REGION } from '../../../../lib/local-cloud/template/physical-names.ts';
import { localCredentials } from '../../../support/dynamodb-engine.ts';
import { type JsonServer, startJsonServer } from '../../../support/json-server.ts';

const STACK = 'number-masking-local';

let dataFolder: string;
let server: StorageServer;
let cloud: JsonServer;
let sqs: SQSClient;

const named = (name: string) => ({ name, attributes: {} });
const urlOf = (name: string) => `${server.endpoint}/000000000000/${name}`;

beforeAll(async () => {
  dataFolder = makeTemporaryFolder('redrive-test-');
  server = await startStorageServer({ dataFolder });
  await server.setCredentials([localCredentials]);
  await server.setUp({
    buckets: [],
    queues: [
      named(`${STACK}-WebhookRetryDeadLetterQueue`),
      named(`${STACK}-WebhookRetryQueue`),
      named(`${STACK}-QuarantineQueue`),
      named('other-QuarantineQueue-AbC123'),
      named('other-QuarantineQueueForOthers'),
      named('twice-QuarantineQueue-A'),
      named('twice-QuarantineQueue-B'),
      named('full'),
      named('empty'),
    ],
  });
  cloud = await startJsonServer(() => ({ endpoints: { SQS: server.endpoint } }));
  sqs = new SQSClient({
    endpoint: server.endpoint,
    region: REGION,
    credentials: localCredentials,
    useQueueUrlAsEndpoint: false,
  });
});
afterAll(async () => {
  sqs.destroy();
  await cloud.stop();
  await server.stop();
  await removeTemporaryFolder(dataFolder);
});

const put = async (queue: string, ...bodies: string[]): Promise<void> => {
  for (const MessageBody of bodies) {
    await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody }));
  }
};

/** Takes what waits in a queue out of it. */
async function take(queue: string): Promise<string[]> {
  const QueueUrl = urlOf(queue);
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies.toSorted();
    for (const { Body = '', ReceiptHandle } of Messages) {
      bodies.push(Body);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

async function redrive(...args: string[]) {
  let told = '';
  const write = (text: string) => {
    told += stripVTControlCharacters(text);
  };
  const exitCode = await runRedrive([...args, '--local-url', cloud.url], { write, writeError: write });
  return { exitCode, told };
}

describe('a queue of a stack', () => {
  test('is found by its logical id, with or without the word that CloudFormation adds', async () => {
    expect(await findQueue(sqs, STACK, 'WebhookRetryQueue')).toMatch(
      /\/number-masking-local-WebhookRetryQueue$/,
    );
    expect(await findQueue(sqs, 'other', 'QuarantineQueue')).toMatch(/\/other-QuarantineQueue-AbC123$/);
    expect(await findQueue(sqs, 'none', 'QuarantineQueue')).toBeUndefined();
  });

  test('is not guessed where there are two', async () => {
    await expect(findQueue(sqs, 'twice', 'QuarantineQueue')).rejects.toThrow('Several queues are called');
  });
});

describe('messages', () => {
  test('are moved all, however many there are, and each once', async () => {
    const bodies = Array.from({ length: 37 }, (_, n) => `message ${n}`);
    await put('full', ...bodies);
    const steps: number[] = [];

    const report = await moveMessages({
      sqs,
      fromUrl: urlOf('full'),
      toUrl: urlOf('empty'),
      accepts: () => true,
      onMoved: (moved) => steps.push(moved),
    });

    expect(report).toEqual({ moved: 37, left: 0 });
    expect(steps.at(-1)).toBe(37);
    expect(await take('empty')).toEqual(bodies.toSorted());
    expect(await take('full')).toEqual([]);
  });

  test('that come back while they are moved are not moved again', async () => {
    await put('full', 'boomerang 1', 'boomerang 2');

    const report = await moveMessages({
      sqs,
      fromUrl: urlOf('full'),
      toUrl: urlOf('full'),
      accepts: () => true,
    });

    expect(report).toEqual({ moved: 2, left: 0 });
  });

  test('stay where they are when the other queue does not take them', async () => {
    await put('empty', 'kept');
    const moving = moveMessages({
      sqs,
      fromUrl: urlOf('empty'),
      toUrl: urlOf('nowhere'),
      accepts: () => true,
    });

    await expect(moving).rejects.toThrow();

    expect(await countMessages(sqs, urlOf('empty'))).toBe(1);
  });
});

describe('the command', () => {
  const raw = (webhook: string) => JSON.stringify({ webhook, receivedAtMs: 1, body: '{}', issues: [] });

  test('tells how much waits, and moves nothing, when it is not told what to move', async () => {
    await put(`${STACK}-WebhookRetryDeadLetterQueue`, raw('VCS'), raw('VSS'));

    const { exitCode, told } = await redrive('--stage', 'local');

    expect(exitCode).toBe(0);
    expect(told).toContain('2 events of calls that could not be stored, in WebhookRetryDeadLetterQueue');
    expect(told).toContain('0 events of calls whose shape was unknown, in QuarantineQueue');
    expect(told).not.toContain('EventWebhook');
  });

  test('moves dead letters back to where they came from', async () => {
    const { exitCode, told } = await redrive('webhooks', '--stage', 'local');

    expect([exitCode, told]).toEqual([0, '2 moved from WebhookRetryDeadLetterQueue to WebhookRetryQueue.\n']);
    expect(await take(`${STACK}-WebhookRetryQueue`)).toEqual([raw('VCS'), raw('VSS')]);
  });

  test('leaves in quarantine what nobody could replay', async () => {
    await put(`${STACK}-QuarantineQueue`, raw('VRU'), raw('VCA'), 'no json');

    const { told } = await redrive('quarantine', '--stage', 'local');

    expect(told).toBe(
      '1 moved from QuarantineQueue to WebhookRetryQueue; 2 stayed, because nothing there can process them.\n',
    );
    expect(await take(`${STACK}-WebhookRetryQueue`)).toEqual([raw('VRU')]);
  });

  test.each([
    [['events', '--stage', 'local'], 'The stack number-masking-local has no EventWebhookDeadLetterQueue'],
    [['webhooks'], "required option '--stage <stage>' not specified"],
    [
      ['everything', '--stage', 'local'],
      'Allowed choices are webhooks, decisions, quarantine, events, undelivered',
    ],
  ])('says what is wrong with %j', async (args, message) => {
    const { exitCode, told } = await redrive(...args);

    expect(exitCode).toBe(1);
    expect(told).toContain(message);
  });

  test('says that no local cloud runs where none does', async () => {
    let told = '';
    const write = (text: string) => {
      told += text;
    };

    const exitCode = await runRedrive(['--stage', 'local', '--local-url', 'http://127.0.0.1:1'], {
      write,
      writeError: write,
    });

    expect([exitCode, told]).toEqual([
      1,
      expect.stringContaining('No local cloud answers at http://127.0.0.1:1'),
    ]);
  });
});
