import { gunzipSync } from 'node:zlib';
import { DescribeTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  makeTemporaryFolder,
  removeTemporaryFolder,
} from '../../../../lib/local-cloud/processes/guarded-process.ts';
import { type LocalCloud, startLocalCloud } from '../../../../lib/local-cloud/service/local-cloud.ts';
import { REGION } from '../../../../lib/local-cloud/template/physical-names.ts';
import { POISON, synthesizeFixture } from '../support/fixture-stack.ts';
import { isRunning } from '../support/processes.ts';
import { readSinks, type Sinks } from '../support/sinks.ts';

const patience = { timeout: 20_000, interval: 20 };

describe('the local cloud', () => {
  let folder: string;
  let cloud: LocalCloud;
  let sinks: Sinks;
  const said: string[] = [];

  beforeAll(async () => {
    folder = makeTemporaryFolder('cloud-test-');
    sinks = readSinks(`${folder}/sinks`);
    cloud = await startLocalCloud({
      port: 0,
      assembly: (outdir) => synthesizeFixture(outdir, `${folder}/sinks`),
      secretTexts: { [await secretId()]: 'given' },
      say: (message) => said.push(message),
      longestVisibilityTimeoutSeconds: 1,
      engineRestartDelayMs: 10,
    });
  });
  afterAll(async () => {
    await cloud.stop();
    await removeTemporaryFolder(folder);
  });

  const clientOptions = (service: keyof LocalCloud['endpoints']) => ({
    endpoint: cloud.endpoints[service],
    region: REGION,
    credentials: cloud.credentials,
    maxAttempts: 1,
  });
  const tableName = () => cloud.deployment.tables[0]?.create.TableName ?? '';
  const queueUrl = (name: string) => cloud.deployment.queues.find((queue) => queue.name.includes(name))?.url;
  const put = (id: string) =>
    new DynamoDBClient(clientOptions('DYNAMODB')).send(
      new PutItemCommand({
        TableName: tableName(),
        Item: { id: { S: id }, bytes: { B: Buffer.from([1, 2]) } },
      }),
    );
  const post = (path: string, body?: unknown) =>
    fetch(cloud.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const read = async (id: string) => (await fetch(`${cloud.url}/items/${id}`)).status;

  test('serves the routes of the template, with the environment of the template', async () => {
    const response = await fetch(`${cloud.url}/inspect/7`);
    const { variables, event } = JSON.parse(await response.text());

    expect(event.pathParameters).toEqual({ id: '7' });
    expect(variables).toMatchObject({ TABLE: tableName(), WORK_OF: `local/${REGION}` });
    expect(variables.SECRET_ARN).toBe(cloud.deployment.secrets[0]?.arn);
  });

  test('says that it is healthy', async () => {
    const response = await fetch(`${cloud.url}/healthz`);

    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });

  test('has the tables of the template', async () => {
    const { Table } = await new DynamoDBClient(clientOptions('DYNAMODB')).send(
      new DescribeTableCommand({ TableName: tableName() }),
    );

    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['byOwner']);
    expect(Table?.StreamSpecification?.StreamEnabled).toBe(true);
  });

  test('has the secrets of the template, or the texts it was given for them', async () => {
    const { SecretString } = await new SecretsManagerClient(clientOptions('SECRETS_MANAGER')).send(
      new GetSecretValueCommand({ SecretId: cloud.deployment.secrets[0]?.arn }),
    );

    expect(SecretString).toBe('given');
  });

  test('lets the user of the template put recordings, and nothing else', async () => {
    const [credentials] = cloud.deployment.userCredentials;
    const client = new S3Client({ ...clientOptions('S3'), ...(credentials && { credentials }) });
    const Bucket = cloud.deployment.buckets[0];

    const upload = client.send(new PutObjectCommand({ Bucket, Key: 'recordings/a.mp3', Body: 'sound' }));
    await expect(upload).resolves.toBeDefined();
    const stray = client.send(new PutObjectCommand({ Bucket, Key: 'elsewhere/a.mp3', Body: 'sound' }));
    await expect(stray).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('brings changes of a table to the consumer of its stream, in order, past one that always fails', async () => {
    const ids = (): string[] =>
      sinks
        .events('FromStream')
        .flatMap(({ Records }) => Records)
        .map(({ dynamodb }) => dynamodb.Keys.id.S);

    for (const id of ['s1', `s2-${POISON}`]) await put(id);
    // The first try and the three repetitions that the mapping allows.
    await expect.poll(() => ids().filter((id) => id.includes(POISON)).length, patience).toBe(4);
    await put('s3');

    await expect.poll(ids, patience).toContain('s3');
    expect([...new Set(ids())]).toEqual(['s1', `s2-${POISON}`, 's3']);
    const [record] = sinks.events('FromStream')[0].Records;
    expect(record).toMatchObject({
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      eventSourceARN: cloud.deployment.tables[0]?.streamArn,
      dynamodb: { NewImage: { id: { S: 's1' }, bytes: { B: 'AQI=' } }, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    expect(record.dynamodb.ApproximateCreationDateTime).toBeTypeOf('number');
  });

  test('brings messages to the consumer of a queue, repeats only those that failed, and gives up on them', async () => {
    const sqs = new SQSClient(clientOptions('SQS'));
    for (const MessageBody of ['good', POISON]) {
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl('Work'), MessageBody }));
    }

    const dead = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl('Dead'), WaitTimeSeconds: 20 }),
    );

    const bodies = sinks
      .events('FromQueue')
      .flatMap(({ Records }) => Records.map(({ body }: { body: string }) => body));
    expect(dead.Messages?.map(({ Body }) => Body)).toEqual([POISON]);
    expect(bodies.filter((body) => body === 'good')).toHaveLength(1);
    expect(bodies.filter((body) => body === POISON)).toHaveLength(2);
  });

  test('brings the log lines that a subscription asks for to its function', async () => {
    const decided = JSON.stringify({ code: 'CALL_DECIDED', sessionId: 's' });
    await post('/say', { lines: ['plain', JSON.stringify({ code: 'OTHER' }), decided] });

    await expect.poll(() => sinks.events('FromLogs').length, patience).toBe(1);
    const { awslogs } = sinks.events('FromLogs')[0];
    const { logEvents, messageType } = JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString());
    expect(messageType).toBe('DATA_MESSAGE');
    expect(logEvents).toEqual([{ id: expect.any(String), timestamp: expect.any(Number), message: decided }]);
  });

  test('brings events to the targets of the rules they match, and keeps them', async () => {
    const EventBusName = cloud.deployment.rules.find(({ pattern }) => pattern !== undefined)?.busName;
    const entry = { EventBusName, Source: 'number-masking', Detail: '{"bookingId":"b"}' };

    const { FailedEntryCount } = await new EventBridgeClient(clientOptions('EVENTBRIDGE')).send(
      new PutEventsCommand({
        Entries: [
          { ...entry, DetailType: 'booking.created' },
          { ...entry, DetailType: 'booking.ended' },
          { ...entry, DetailType: 'booking.created', Detail: 'broken' },
        ],
      }),
    );

    expect(FailedEntryCount).toBe(1);
    await expect.poll(() => sinks.events('FromEvents').length, patience).toBe(1);
    expect(sinks.events('FromEvents')[0]).toMatchObject({
      source: 'number-masking',
      'detail-type': 'booking.created',
      detail: { bookingId: 'b' },
    });
    const inQueue = () => JSON.stringify(sinks.events('FromQueue'));
    await expect.poll(inQueue, patience).toContain('booking.created');
    const kept = JSON.parse(
      await (await fetch(`${cloud.url}/local-cloud/events?bus=${EventBusName}`)).text(),
    );
    expect(kept.items.map((event: object) => Object(event)['detail-type'])).toEqual([
      'booking.created',
      'booking.ended',
    ]);
  });

  test('fires a schedule by hand', async () => {
    const [id = ''] = cloud.schedules.ids();

    const started = await post(`/local-cloud/schedules/${id}/run`);
    const unknown = await post('/local-cloud/schedules/none/run');

    expect([started.status, unknown.status]).toEqual([202, 404]);
    await expect
      .poll(() => sinks.events('FromEvents').map((event) => event['detail-type']), patience)
      .toContain('Scheduled Event');
  });

  test('goes on without its database, and with the same data when that is back', async () => {
    await put('kept');

    await post('/local-cloud/dynamodb/stop');
    const whileStopped = await read('kept');
    await post('/local-cloud/dynamodb/start');
    const afterwards = await read('kept');

    expect([whileStopped, afterwards]).toEqual([500, 200]);
  });

  test('breaks the database as asked, and mends it', async () => {
    await post('/local-cloud/faults', { database: { throttleEvery: 1 } });
    const throttled = await read('kept');
    const refused = await post('/local-cloud/faults', { database: { on: 'fire' } });
    await post('/local-cloud/faults', {});

    expect([throttled, refused.status, await read('kept')]).toEqual([400, 400, 200]);
  });

  test('starts engines again that were killed from outside, and goes on reading streams', async () => {
    await put('before');
    const [engine = 0, storage = 0] = [cloud.database.pid(), cloud.storage.pid()];

    process.kill(engine, 'SIGKILL');
    process.kill(storage, 'SIGKILL');

    await expect.poll(() => read('before'), patience).toBe(200);
    await expect.poll(() => cloud.storage.pid() !== storage, patience).toBe(true);
    await put('after');
    const seen = () => JSON.stringify(sinks.events('FromStream'));
    await expect.poll(seen, patience).toContain('"after"');
    expect(said.join('\n')).toContain('The DynamoDB engine ended');
  });

  test('leaves no process and no file behind', async () => {
    const pids = [
      cloud.database.pid() ?? 0,
      cloud.storage.pid() ?? 0,
      ...cloud.lambda.definitions().flatMap(({ logicalId }) => cloud.lambda.pids(logicalId)),
    ];
    expect(pids.every(isRunning)).toBe(true);

    await cloud.stop();

    expect(pids.filter(isRunning)).toEqual([]);
    await expect(fetch(`${cloud.url}/healthz`)).rejects.toThrow();
  });
});

/** The logical id that CDK gives the fixture's secret. */
async function secretId(): Promise<string> {
  const { readDeployment } = await import('../../../../lib/local-cloud/template/deployment.ts');
  const folder = makeTemporaryFolder('cloud-test-ids-');
  const { secrets } = readDeployment(synthesizeFixture(folder, folder), { api: '', queues: '' });
  await removeTemporaryFolder(folder);
  return secrets[0]?.logicalId ?? '';
}
