import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { isoMilliseconds } from '../model/clock.ts';
import { createUuid } from '../model/ids.ts';
import type { RecordingPushConfig } from '../model/sub-account.ts';
import type { Recording, RecordingOutcome, RecordingStatus, VoiceSession } from '../model/voice-session.ts';
import { silentMp3 } from '../mp3.ts';
import type { Platform } from '../platform.ts';
import { connectedSeconds } from '../webhooks/webhook-bodies.ts';

/** The platform's own name for the place it pushes to; its samples of `filePath` begin with one. */
const ENDPOINT_NAME = 'recordings-endpoint';
/** In the platform's samples the recording starts a moment after the parties are connected. */
const RECORDER_START_MS = 60;
const DAY_MS = 86_400_000;
const UPLOAD_TIMEOUT_MS = 10_000;

const statusWithoutUpload = {
  processing: 'PROCESSING',
  'processing-failed': 'PROCESSING_FAILED',
  'upload-failed': 'UPLOAD_FAILED',
  unknown: 'UNKNOWN',
} as const satisfies Record<Exclude<RecordingOutcome, 'uploaded'>, RecordingStatus>;

/**
 * Makes the recording of a session that asked for one, once its parties have hung up, and pushes it to where the
 * sub-account says, with the credentials it says and no others.
 */
export async function record(platform: Platform, session: VoiceSession): Promise<void> {
  const bridged = session.legs.at(-1);
  if (session.recordingStartMs === undefined || bridged === undefined) return;
  const startMs = session.recordingStartMs + RECORDER_START_MS;
  const recording: Recording = {
    recordingId: createUuid(session.random, startMs),
    startMs,
    durationSeconds: connectedSeconds(bridged),
    status: 'PROCESSING',
    object: undefined,
    problem: undefined,
  };
  session.recording = recording;
  const { recordingOutcome } = session.script;
  if (recordingOutcome !== 'uploaded') {
    recording.status = statusWithoutUpload[recordingOutcome];
    recording.problem = 'the call asked for this';
    return;
  }
  try {
    recording.object = await push(platform, session, recording);
    recording.status = 'UPLOAD_COMPLETED';
  } catch (error) {
    recording.status = 'UPLOAD_FAILED';
    recording.problem = describeFailure(error);
  }
}

/** The path of an uploaded recording as the platform reports it, which need not be the key in the bucket. */
export function reportedFilePath(session: VoiceSession, recording: Recording): string {
  const { pushConfig } = session.subAccount;
  const pushPath = pushConfig === undefined ? [] : pathSegments(pushConfig);
  const root = session.variations.recordingFilePath === 'push-path' ? pushPath : [ENDPOINT_NAME];
  return [...root, dateDirectory(session, recording), session.sessionId, fileName(recording)].join('/');
}

/** The URL of a recording as the status API gives it: without a date directory, the file name encoded. */
export function externalFileUrl(session: VoiceSession, recording: Recording): string {
  return `https://recordings.example/${session.sessionId}/${encodeURIComponent(fileName(recording))}`;
}

async function push(
  platform: Platform,
  session: VoiceSession,
  recording: Recording,
): Promise<{ bucket: string; key: string }> {
  const { pushConfig } = session.subAccount;
  if (pushConfig === undefined) throw new Error('the sub-account has no recording push config');
  if (pushConfig.protocol !== 'S3')
    throw new Error('the simulated platform pushes to S3 only, not over SFTP');
  const [bucket, ...prefix] = pathSegments(pushConfig);
  if (bucket === undefined) throw new Error('the path of the push config must be /{bucket}/{prefix}/');
  const date = session.variations.recordingKey === 'flat' ? [] : [dateDirectory(session, recording)];
  const key = [...prefix, ...date, session.sessionId, fileName(recording)].join('/');

  const client = new S3Client({
    region: pushConfig.host,
    credentials: { accessKeyId: pushConfig.username, secretAccessKey: pushConfig.password },
    ...(platform.s3Endpoint === undefined ? {} : { endpoint: platform.s3Endpoint, forcePathStyle: true }),
    requestHandler: { requestTimeout: UPLOAD_TIMEOUT_MS, connectionTimeout: UPLOAD_TIMEOUT_MS },
    maxAttempts: 2,
  });
  try {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: silentMp3(recording.durationSeconds),
        ContentType: 'audio/mpeg',
      }),
    );
  } finally {
    client.destroy();
  }
  return { bucket, key };
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'the upload failed';
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}

function pathSegments({ path }: RecordingPushConfig): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function dateDirectory(session: VoiceSession, recording: Recording): string {
  const aheadMs = session.variations.recordingDate === 'next-day' ? DAY_MS : 0;
  return isoMilliseconds(recording.startMs + aheadMs).slice(0, 10);
}

function fileName(recording: Recording): string {
  return `${recording.recordingId}_${isoMilliseconds(recording.startMs)}.mp3`;
}
