import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL_API_KEY, LOCAL_SUB_ACCOUNT } from '../../lib/simulated-8x8/start-simulated-8x8.ts';
import { type Json, type MaskedService, startMaskedService } from './simulated-calls/masked-service.ts';

let masked: MaskedService;

beforeAll(async () => {
  masked = await startMaskedService();
}, 120_000);

afterAll(() => masked[Symbol.asyncDispose]());

async function account(path: string): Promise<Json> {
  const url = `${masked.service.companion?.url}/api/v1/subaccounts/${LOCAL_SUB_ACCOUNT}/${path}`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${LOCAL_API_KEY}` } });
  return response.json();
}

async function runSchedule(part: string): Promise<void> {
  const id = masked.service.cloud.schedules.ids().find((logicalId) => logicalId.includes(part));
  const { status } = await masked.api('POST', `/local-cloud/schedules/${id}/run`);
  expect(status).toBe(202);
}

function logOf(logicalId: string): Json[] {
  const lines = masked.service.cloud.logs.lines(logicalId);
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

describe('the simulated account beside the local cloud', () => {
  test('is up when the API is', async () => {
    expect(await masked.api('GET', '/healthz')).toMatchObject({ status: 200 });
    expect(await masked.simulator('GET', '/healthz')).toMatchObject({ status: 200 });
  });

  test('was set up by the custom resource of the template', async () => {
    const { webhooks } = await account('webhooks');
    const push = await account('recording-push-config');

    const byType = Object.fromEntries(webhooks.map(({ type, url }: Json) => [type, url]));
    expect(byType).toEqual({
      VCA: `${masked.service.cloud.url}/webhooks/call-action`,
      VCS: `${masked.service.cloud.url}/webhooks/call-status`,
      VSS: `${masked.service.cloud.url}/webhooks/session-summary`,
      VRU: `${masked.service.cloud.url}/webhooks/recording-uploaded`,
      VNU: `${masked.service.cloud.url}/webhooks/number-updated`,
    });
    expect(push).toMatchObject({
      protocol: 'S3',
      host: 'ap-southeast-1',
      passwordSet: true,
      path: '/number-masking-local-recordingsbucket/recordings/',
    });
  });

  test('uploads with a key that can put recordings and nothing else', async () => {
    const { username } = await account('recording-push-config');
    const key = masked.service.cloud.deployment.userCredentials.find(
      ({ accessKeyId }) => accessKeyId === username,
    );
    const client = new S3Client({
      endpoint: masked.service.cloud.endpoints.S3,
      region: 'ap-southeast-1',
      forcePathStyle: true,
      credentials: { accessKeyId: username, secretAccessKey: key?.secretAccessKey ?? '' },
    });
    const put = (Key: string) =>
      client.send(new PutObjectCommand({ Bucket: 'number-masking-local-recordingsbucket', Key, Body: 'x' }));

    await expect(put('recordings/one.mp3')).resolves.toBeDefined();
    await expect(put('elsewhere/one.mp3')).rejects.toMatchObject({ name: 'AccessDenied' });
    client.destroy();
  });

  test('is looked after by the schedule, which sees a change', async () => {
    await runSchedule('DriftCheck');
    await expect
      .poll(() => logOf('AccountSetupFunction').some(({ code }) => code === 'ACCOUNT_IN_SYNC'))
      .toBe(true);
    const url = `${masked.service.companion?.url}/api/v1/subaccounts/${LOCAL_SUB_ACCOUNT}/webhooks/VSS`;
    await fetch(url, { method: 'DELETE', headers: { authorization: `Bearer ${LOCAL_API_KEY}` } });

    await runSchedule('DriftCheck');

    await expect
      .poll(() => logOf('AccountSetupFunction').filter(({ AccountDrift }) => AccountDrift === 1))
      .toHaveLength(1);
    expect(logOf('AccountSetupFunction').find(({ code }) => code === 'ACCOUNT_DRIFT')).toMatchObject({
      paths: ['VSS'],
    });
    for (const resource of masked.service.cloud.deployment.customResources) {
      await masked.service.cloud.lambda.invoke(resource.functionName, {
        RequestType: 'Create',
        ResourceProperties: resource.properties,
      });
    }
    expect((await account('webhooks')).count).toBe(5);
  });
});

describe('recordings that were not reported', () => {
  const thirtyMinutesAgo = () => new Date(Date.now() - 30 * 60_000).toISOString();

  test.each(['date-directory', 'flat'])(
    'are found in the bucket with the layout %s',
    async (recordingKey) => {
      const ride = await masked.book();
      const call = await masked.call({
        from: ride.rider,
        to: ride.virtualNumber,
        at: thirtyMinutesAgo(),
        variations: { recordingKey },
        faults: { VRU: { drop: 1 } },
      });
      const before = await masked.session(call.sessionId);

      await runSchedule('RecordingReconciliation');

      const after = await masked.session(call.sessionId, ({ recordings }) => recordings[0]?.verified);
      expect(before.recordings).toEqual([]);
      expect(after.recordings).toMatchObject([{ key: call.recordingKey, verified: true }]);
    },
  );

  test('are counted as missing where the upload failed', async () => {
    const ride = await masked.book();
    const call = await masked.call({
      from: ride.rider,
      to: ride.virtualNumber,
      at: thirtyMinutesAgo(),
      recording: 'upload-failed',
    });
    await masked.session(call.sessionId);

    await runSchedule('RecordingReconciliation');

    await expect
      .poll(() => logOf('RecordingReconcilerFunction').filter(({ code }) => code === 'RECORDING_MISSING'), {
        timeout: 15_000,
      })
      .toMatchObject([{ sessionId: call.sessionId, reason: 'UPLOAD_FAILED' }]);
    await expect
      .poll(() => logOf('RecordingReconcilerFunction').at(-1))
      .toMatchObject({ code: 'RECORDINGS_RECONCILED', MissingRecordings: 1 });
    expect(await masked.session(call.sessionId)).toMatchObject({
      recordings: [{ status: 'UPLOAD_FAILED', verified: false, key: null }],
    });
  });
});
