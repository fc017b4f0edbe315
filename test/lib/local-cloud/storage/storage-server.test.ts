import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const Bucket = 'calls';
const owner = localCredentials;
const uploader = { accessKeyId: 'AKIAUPLOADER', secretAccessKey: 'upload-secret' };
const temporary = {
  accessKeyId: 'ASIATEMPORARY',
  secretAccessKey: 'temporary-secret',
  sessionToken: 'token',
};
const anHourAgo = Date.now() - 3_600_000;

describe('the S3 and SQS server', () => {
  let dataFolder: string;
  let server: StorageServer;
  const s3 = (credentials: AwsCredentials, region = REGION) =>
    new S3Client({ endpoint: server.endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
  const sqs = (credentials: AwsCredentials = owner) =>
    new SQSClient({ endpoint: server.endpoint, region: REGION, credentials, maxAttempts: 1 });
  const queueUrl = (name: string) => `${server.endpoint}/000000000000/${name}`;
  const put = (client: S3Client, Key: string, Body: string | Buffer = 'sound') =>
    client.send(new PutObjectCommand({ Bucket, Key, Body }));

  const start = async () => {
    server = await startStorageServer({ dataFolder });
    await server.setCredentials([
      owner,
      {
        ...uploader,
        statements: [
          { effect: 'Allow', actions: ['s3:PutObject'], resources: [`arn:aws:s3:::${Bucket}/recordings/*`] },
        ],
      },
      { ...temporary, expiresAtEpochMs: anHourAgo },
    ]);
    await server.setUp({
      buckets: [Bucket],
      queues: [
        { name: 'dead', attributes: {} },
        { name: 'hurried', attributes: { VisibilityTimeout: '600' }, longestPostponementSeconds: 0 },
        {
          name: 'retry',
          attributes: {
            VisibilityTimeout: '0',
            RedrivePolicy: JSON.stringify({
              deadLetterTargetArn: `arn:aws:sqs:${REGION}:000000000000:dead`,
              maxReceiveCount: 1,
            }),
          },
        },
      ],
    });
  };

  beforeAll(async () => {
    dataFolder = makeTemporaryFolder('storage-test-');
    await start();
  });
  afterAll(async () => {
    await server.stop();
    await removeTemporaryFolder(dataFolder);
  });

  test('keeps objects for whoever may read them', async () => {
    await put(s3(owner), 'recordings/a +ü.mp3', Buffer.alloc(200_000, 7));

    const { Body, ContentLength } = await s3(owner).send(
      new GetObjectCommand({ Bucket, Key: 'recordings/a +ü.mp3' }),
    );

    expect(ContentLength).toBe(200_000);
    expect((await Body?.transformToByteArray())?.every((byte) => byte === 7)).toBe(true);
  });

  test('takes uploads of a user under the prefix that its policy names, and nothing else from it', async () => {
    const client = s3(uploader);

    await expect(put(client, 'recordings/b.mp3')).resolves.toBeDefined();
    await expect(put(client, 'elsewhere/b.mp3')).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(
      client.send(new GetObjectCommand({ Bucket, Key: 'recordings/b.mp3' })),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(client.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(
      client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'recordings/c.mp3' })),
    ).resolves.toHaveProperty('UploadId');
  });

  test.each([
    ['a wrong secret', { ...owner, secretAccessKey: 'guessed' }, 'SignatureDoesNotMatch'],
    ['an unknown key', { accessKeyId: 'AKIANOBODY', secretAccessKey: 'guessed' }, 'InvalidAccessKeyId'],
    ['expired credentials', temporary, 'ExpiredToken'],
    ['a wrong session token', { ...temporary, sessionToken: 'other' }, 'InvalidToken'],
  ])('refuses %s', async (_, credentials, code) => {
    await expect(put(s3(credentials), 'recordings/x')).rejects.toMatchObject({ name: code });
  });

  test('refuses a signature for another region, and a body that is not the signed one', async () => {
    const elsewhere = put(s3(owner, 'us-west-2'), 'recordings/x');
    await expect(elsewhere).rejects.toMatchObject({ name: 'AuthorizationHeaderMalformed' });

    const tampering = s3(owner);
    tampering.middlewareStack.add(
      (next) => (args) => {
        if (typeof args.request === 'object' && args.request !== null)
          Object.assign(args.request, { body: 'noise' });
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
    );
    await expect(put(tampering, 'recordings/x', 'sound')).rejects.toMatchObject({
      name: 'XAmzContentSHA256Mismatch',
    });
  });

  test('serves presigned URLs until they expire, and only as they were signed', async () => {
    await put(s3(owner), 'recordings/d.mp3', 'hello');
    const command = new GetObjectCommand({ Bucket, Key: 'recordings/d.mp3' });
    const url = await getSignedUrl(s3(owner), command, { expiresIn: 60 });
    const expired = await getSignedUrl(s3(owner), command, {
      expiresIn: 60,
      signingDate: new Date(anHourAgo),
    });

    const good = await fetch(url);
    const tampered = await fetch(url.replace('d.mp3', 'b.mp3'));
    const late = await fetch(expired);
    const anonymous = await fetch(url.split('?')[0] ?? '');

    expect(await good.text()).toBe('hello');
    expect([tampered.status, await tampered.text()]).toEqual([
      403,
      expect.stringContaining('SignatureDoesNotMatch'),
    ]);
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
    expect([anonymous.status, await anonymous.text()]).toEqual([
      403,
      expect.stringContaining('AccessDenied'),
    ]);
  });

  test('moves a message that was received too often to the dead-letter queue', async () => {
    await sqs().send(new SendMessageCommand({ QueueUrl: queueUrl('retry'), MessageBody: 'poison' }));

    await sqs().send(new ReceiveMessageCommand({ QueueUrl: queueUrl('retry') }));
    await sqs().send(new ReceiveMessageCommand({ QueueUrl: queueUrl('retry') }));
    const dead = await sqs().send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl('dead'), WaitTimeSeconds: 1 }),
    );

    expect(dead.Messages?.map(({ Body }) => Body)).toEqual(['poison']);
  });

  test('gives a message back sooner than its consumer asked for, where it is told to', async () => {
    const QueueUrl = queueUrl('hurried');
    await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: 'later' }));
    const { Messages: [first] = [] } = await sqs().send(new ReceiveMessageCommand({ QueueUrl }));
    const hidden = await sqs().send(new ReceiveMessageCommand({ QueueUrl }));

    const ReceiptHandle = first?.ReceiptHandle;
    await sqs().send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 900 }));

    const again = await sqs().send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    expect(hidden.Messages ?? []).toEqual([]);
    expect(again.Messages?.map(({ Body }) => Body)).toEqual(['later']);
  });

  test('takes no message from a stranger', async () => {
    const stranger = sqs({ accessKeyId: 'AKIANOBODY', secretAccessKey: 'guessed' });

    const sending = stranger.send(new SendMessageCommand({ QueueUrl: queueUrl('retry'), MessageBody: 'x' }));

    await expect(sending).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  });

  test('has its objects and messages again after a restart', async () => {
    await put(s3(owner), 'recordings/kept.mp3');
    await sqs().send(new SendMessageCommand({ QueueUrl: queueUrl('dead'), MessageBody: 'kept' }));

    await server.stop();
    await start();

    const object = await s3(owner).send(new HeadObjectCommand({ Bucket, Key: 'recordings/kept.mp3' }));
    const { Attributes } = await sqs().send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl('dead'),
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    expect(object.ContentLength).toBe(5);
    expect(Number(Attributes?.ApproximateNumberOfMessages)).toBeGreaterThan(0);
  });
});
