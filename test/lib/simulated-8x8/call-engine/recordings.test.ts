import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silentMp3 } from '../../../../lib/simulated-8x8/mp3.ts';
import { makeCall, type Playground, startPlayground } from '../../../support/simulated-8x8/playground.ts';
import { field, objectAt } from '../../../support/simulated-8x8/read-event.ts';
import { type S3Stub, startS3Stub } from '../../../support/simulated-8x8/s3-stub.ts';

const ACCESS_KEY = 'AKIARECORDINGS';
const pushConfig = {
  protocol: 'S3',
  host: 'ap-southeast-1',
  port: 13,
  username: ACCESS_KEY,
  password: 'recordings-secret',
  path: '/masked-calls/recordings/',
};

let s3: S3Stub;
let playground: Playground;
beforeAll(async () => {
  s3 = await startS3Stub(ACCESS_KEY);
  playground = await startPlayground({ s3Endpoint: s3.url });
});
afterAll(async () => {
  await playground.stop();
  await s3.stop();
});
beforeEach(async () => {
  s3.objects.length = 0;
  await playground.startOver();
  await playground.management('POST', '/recording-push-config', pushConfig);
  playground.answerWith(makeCall({ callRecording: true }));
});

/** The recordings of a session as the status API gives them. */
async function statusOf(sessionId: string): Promise<unknown> {
  return field((await playground.management('GET', `/recordings/${sessionId}`)).body, 'recordings');
}

describe('a recorded call', () => {
  test('is pushed as real audio with the credentials of the push config', async () => {
    const report = await playground.call({ talkSeconds: 47 });

    expect(s3.objects).toEqual([
      {
        bucket: 'masked-calls',
        key: report.recordingKey,
        contentType: 'audio/mpeg',
        bytes: Buffer.from(silentMp3(47)),
        credential: expect.stringMatching(
          new RegExp(`^${ACCESS_KEY}/\\d{8}/ap-southeast-1/s3/aws4_request$`),
        ),
      },
    ]);
    expect(report.recording).toMatchObject({
      status: 'CALLBACK_COMPLETED',
      durationSeconds: 47,
      bucket: 'masked-calls',
      problem: null,
    });
  });

  test('is named by date, session, recording and start', async () => {
    const report = await playground.call();

    expect(report.recordingKey).toBe(
      `recordings/2026-02-16/${report.sessionId}/${report.recording?.recordingId}_2026-02-16T03:14:15.571Z.mp3`,
    );
  });

  test('is reported after the upload, by a path that is not the key', async () => {
    const report = await playground.call({ talkSeconds: 47 });

    expect(playground.endpoint.of('VRU').map(({ body }) => body)).toEqual([
      {
        namespace: 'VOICE',
        eventType: 'CALL_RECORDING_STATUS',
        description: 'Call recording status updated',
        payload: {
          sessionId: report.sessionId,
          recordingId: report.recording?.recordingId,
          durationSeconds: 47,
          filePath: `recordings-endpoint/2026-02-16/${report.sessionId}/${report.recording?.recordingId}_2026-02-16T03:14:15.571Z.mp3`,
          status: 'UPLOAD_COMPLETED',
        },
      },
    ]);
    expect(playground.endpoint.deliveries.at(-1)?.webhook).toBe('VRU');
  });

  test('shows in the status API', async () => {
    const report = await playground.call();

    expect(await statusOf(report.sessionId)).toEqual([
      {
        recordingId: report.recording?.recordingId,
        sessionId: report.sessionId,
        subAccountId: 'local_masking',
        status: 'CALLBACK_COMPLETED',
        externalFileUrl: `https://recordings.example/${report.sessionId}/${report.recording?.recordingId}_2026-02-16T03%3A14%3A15.571Z.mp3`,
        startRecordingTime: '2026-02-16T03:14:15.571Z',
      },
    ]);
  });

  test.each([
    ['recordingKey', 'flat', /^recordings\/[0-9a-f-]{36}\/[^/]+\.mp3$/],
    ['recordingDate', 'next-day', /^recordings\/2026-02-17\/[^/]+\/[^/]+_2026-02-16T[^/]+\.mp3$/],
  ])('may lie elsewhere: %s %s', async (name, choice, key) => {
    const report = await playground.call({ variations: { [name]: choice } });

    expect(report.recordingKey).toMatch(key);
    expect(s3.objects[0]?.key).toBe(report.recordingKey);
  });

  test('may be reported by the path that was configured', async () => {
    await playground.call({ variations: { recordingFilePath: 'push-path' } });

    expect(String(playground.endpoint.of('VRU')[0]?.payload.filePath)).toMatch(
      /^masked-calls\/recordings\/2026-02-16\//,
    );
  });

  test('may be reported before the session summary', async () => {
    await playground.call({ variations: { recordingReport: 'before-summary' } });

    expect(playground.endpoint.deliveries.slice(-2).map(({ webhook }) => webhook)).toEqual(['VRU', 'VSS']);
  });

  test('may show in the status API as the OpenAPI file spells it', async () => {
    const report = await playground.call({
      talkSeconds: 47,
      variations: { recordingStatus: 'openapi', recordingStart: 'unset' },
    });

    expect(await statusOf(report.sessionId)).toEqual([
      expect.objectContaining({
        sessionid: report.sessionId,
        status: 'completed',
        duration: 47,
        startRecordingTime: '1969-12-31T23:59:59.999Z',
      }),
    ]);
  });
});

describe('a recording that goes wrong', () => {
  test.each([
    ['there is no push config', undefined, /no recording push config/],
    ['the key is wrong', { username: 'AKIASOMEBODY' }, /InvalidAccessKeyId/],
    ['the path names no bucket', { path: '/' }, /must be \/\{bucket\}\/\{prefix\}\//],
    ['the push goes over SFTP', { protocol: 'SFTP' }, /S3 only/],
  ])('is UPLOAD_FAILED and not reported when %s', async (_, change, problem) => {
    await playground.management('DELETE', '/recording-push-config');
    if (change !== undefined) {
      await playground.management('POST', '/recording-push-config', { ...pushConfig, ...change });
    }

    const report = await playground.call();

    expect(report).toMatchObject({ status: 'COMPLETED', recordingKey: null });
    expect(report.recording?.problem).toMatch(problem);
    expect(await statusOf(report.sessionId)).toMatchObject([{ status: 'UPLOAD_FAILED' }]);
    expect(playground.endpoint.of('VRU')).toEqual([]);
    expect(s3.objects).toEqual([]);
  });

  test.each([
    ['processing', 'PROCESSING'],
    ['processing-failed', 'PROCESSING_FAILED'],
    ['upload-failed', 'UPLOAD_FAILED'],
    ['unknown', 'UNKNOWN'],
  ])('stays where the call says: %s', async (recording, status) => {
    const report = await playground.call({ recording });

    expect(await statusOf(report.sessionId)).toMatchObject([{ status }]);
    expect(objectAt(await statusOf(report.sessionId), '0')).not.toHaveProperty('externalFileUrl');
    expect(playground.endpoint.of('VRU')).toEqual([]);
  });

  test('is CALLBACK_FAILED when the report is not taken', async () => {
    playground.endpoint.answer('VRU', () => ({ status: 500 }));

    const report = await playground.call();

    expect(await statusOf(report.sessionId)).toMatchObject([{ status: 'CALLBACK_FAILED' }]);
    expect(s3.objects).toHaveLength(1);
  });

  test('is UPLOAD_COMPLETED as long as it is not reported, and CALLBACK_COMPLETED after a flush', async () => {
    const report = await playground.call({ faults: { VRU: { drop: 1 } } });
    expect(await statusOf(report.sessionId)).toMatchObject([{ status: 'UPLOAD_COMPLETED' }]);

    await playground.simulator('POST', '/simulator/flush');
    expect(await statusOf(report.sessionId)).toMatchObject([{ status: 'CALLBACK_COMPLETED' }]);
  });

  test('is UPLOAD_COMPLETED when there is no webhook to report to', async () => {
    await playground.management('DELETE', '/webhooks/VRU');

    const report = await playground.call();

    expect(await statusOf(report.sessionId)).toMatchObject([{ status: 'UPLOAD_COMPLETED' }]);
  });
});

describe('no recording is made', () => {
  test('of a call that nobody asked to record', async () => {
    playground.answerWith(makeCall());

    const report = await playground.call();

    expect(report.recording).toBeNull();
    expect(await statusOf(report.sessionId)).toEqual([]);
  });

  test.each(['busy', 'no-answer', 'failed', 'cancelled'])('of a call that is %s', async (answer) => {
    const report = await playground.call({ answer });

    expect(report.recording).toBeNull();
    expect(s3.objects).toEqual([]);
  });
});
