import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  createRecordingFinder,
  createRecordingsClient,
} from '../../../functions/shared/adapters/s3/recording-finder.ts';
import { createWebhookQueues } from '../../../functions/shared/adapters/sqs/webhook-queues.ts';
import type { RecordingFinder } from '../../../functions/shared/ports/recordings.ts';
import {
  makeTemporaryFolder,
  removeTemporaryFolder,
} from '../../../lib/local-cloud/processes/guarded-process.ts';
import { type StorageServer, startStorageServer } from '../../../lib/local-cloud/storage/storage-server.ts';
import { REGION } from '../../../lib/local-cloud/template/physical-names.ts';
import { localCredentials } from '../../support/dynamodb-engine.ts';
import { receivedAtMs } from '../../support/webhooks.ts';

const Bucket = 'recordings-of-the-test';
const sessionId = 'c5e1a7d0-1f4b-11f1-8c52-4b1d9e07a3f6';

let server: StorageServer;
let dataFolder: string;
let finder: RecordingFinder;

const queueUrl = (name: string) => `${server.endpoint}/000000000000/${name}`;

beforeAll(async () => {
  dataFolder = makeTemporaryFolder('recordings-test-');
  server = await startStorageServer({ dataFolder });
  await server.setCredentials([localCredentials]);
  await server.setUp({
    buckets: [Bucket],
    queues: [
      { name: 'retry', attributes: {} },
      { name: 'quarantine', attributes: {} },
    ],
  });
  vi.stubEnv('AWS_REGION', REGION);
  vi.stubEnv('AWS_ACCESS_KEY_ID', localCredentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', localCredentials.secretAccessKey);
  vi.stubEnv('AWS_ENDPOINT_URL_S3', server.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', server.endpoint);
  finder = createRecordingFinder(createRecordingsClient(), Bucket, 'recordings');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  await removeTemporaryFolder(dataFolder);
});

const put = (Key: string) =>
  createRecordingsClient().send(new PutObjectCommand({ Bucket, Key, Body: 'sound' }));

describe('finding a recording', () => {
  test.each([
    [
      'with a folder for the date',
      `recordings/2026-11-21/${sessionId}/dated_2026-11-20T23:59:59.011Z.mp3`,
      'dated',
    ],
    ['without one', `recordings/${sessionId}/undated_2026-11-20T23:59:59.011Z.mp3`, 'undated'],
    ['under an encoded name', `recordings/${sessionId}/encoded_2026-11-20T23%3A59%3A59.011Z.mp3`, 'encoded'],
    [
      'the day after its beginning',
      `recordings/2026-11-22/${sessionId}/later_2026-11-22T00:00:01.000Z.mp3`,
      'later',
    ],
  ])('sees the object %s', async (_, key, recordingId) => {
    await put(key);

    const found = await finder.find({
      sessionId,
      recordingId,
      filePath: `push-config/2026-11-21/${sessionId}/${recordingId}_2026-11-21T23:59:59.011Z.mp3`,
      startedAtMs: undefined,
    });

    expect(found).toEqual({ key, sizeBytes: 5 });
  });

  test('does not take one whose id only begins the same, or lies in another session', async () => {
    await put(`recordings/${sessionId}/rec-10_a.mp3`);
    await put('recordings/another-session/rec-1_a.mp3');

    const found = await finder.find({
      sessionId,
      recordingId: 'rec-1',
      filePath: undefined,
      startedAtMs: undefined,
    });

    expect(found).toBeUndefined();
  });

  test('fails, and does not say missing, where the bucket cannot be asked', async () => {
    const nowhere = createRecordingFinder(createRecordingsClient(), 'no-such-bucket', 'recordings');

    await expect(
      nowhere.find({ sessionId, recordingId: 'rec-1', filePath: undefined, startedAtMs: undefined }),
    ).rejects.toThrow();
  });
});

describe('the queues of the webhooks', () => {
  test('hold an event and a strange body until somebody takes them', async () => {
    const queues = createWebhookQueues({ retry: queueUrl('retry'), quarantine: queueUrl('quarantine') });
    const event = { webhook: 'VSS', receivedAtMs, body: '{"text":"é"}' } as const;
    const strange = { ...event, issues: [{ path: 'payload', message: 'must be an object' }] };

    await queues.keepForRetry(event);
    await queues.quarantine(strange);

    const taken = async (name: string) => {
      const client = new SQSClient({});
      const { Messages: [message] = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl(name) }),
      );
      return JSON.parse(message?.Body ?? '');
    };
    expect([await taken('retry'), await taken('quarantine')]).toEqual([event, strange]);
  });

  test('take the largest body that a webhook may have', async () => {
    const queues = createWebhookQueues({ retry: queueUrl('retry'), quarantine: queueUrl('quarantine') });
    const body = `{"a":"${'\\n'.repeat(130_000)}"}`;

    await expect(queues.keepForRetry({ webhook: 'VCS', receivedAtMs, body })).resolves.toBeUndefined();
  });
});
