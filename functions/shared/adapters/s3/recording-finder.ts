import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { RecordingFinder, RecordingObject } from '../../ports/recordings.ts';
import { abortable } from '../abortable.ts';

const DAY_MS = 86_400_000;
const DATE_FOLDER = /(?:^|\/)(\d{4}-\d{2}-\d{2})\//;

/** A client that gives up within what a webhook may wait for the bucket. */
export function createRecordingsClient(): S3Client {
  return new S3Client({
    // Works on AWS as well as on a server that has no name for each bucket.
    forcePathStyle: true,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1000, throwOnRequestTimeout: true },
  });
}

/**
 * Finds recordings by listing below the exact beginning of their key, one request a layout. The platform writes keys
 * with and without a folder for the date, and its own samples disagree on that date and on how the file name is
 * encoded; the beginning, session and recording, is the same in all of them.
 *
 * @param prefix the folder that recordings are pushed to, without slashes around it.
 */
export function createRecordingFinder(client: S3Client, bucket: string, prefix: string): RecordingFinder {
  async function lookBelow(
    folder: string,
    recordingId: string,
    signal: AbortSignal | undefined,
  ): Promise<RecordingObject | undefined> {
    const start = `${folder}/${recordingId}`;
    const { Contents: objects = [] } = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: start, MaxKeys: 10 }),
      abortable(signal),
    );
    // Another id may begin with this one.
    const found = objects.find(({ Key: key = '' }) => /^[._]/.test(key.slice(start.length)));
    return found?.Key === undefined ? undefined : { key: found.Key, sizeBytes: found.Size };
  }

  return {
    async find({ sessionId, recordingId, filePath, startedAtMs }, signal) {
      const folders = [
        `${prefix}/${sessionId}`,
        ...datesOf(filePath, startedAtMs).map((date) => `${prefix}/${date}/${sessionId}`),
      ];
      const found = await Promise.all(folders.map((folder) => lookBelow(folder, recordingId, signal)));
      return found.find((object) => object !== undefined);
    },
  };
}

/** The dates that the folder may be named after: the one in the path, and the days around the recording. */
function datesOf(filePath: string | undefined, startedAtMs: number | undefined): string[] {
  const named = DATE_FOLDER.exec(filePath ?? '')?.[1];
  const inName = /_(\d{4}-\d{2}-\d{2})T/.exec(filePath ?? '')?.[1];
  const atMs = startedAtMs ?? (inName === undefined ? undefined : Date.parse(inName));
  const around =
    atMs === undefined || Number.isNaN(atMs)
      ? []
      : [atMs, atMs + DAY_MS, atMs - DAY_MS].map((at) => new Date(at).toISOString().slice(0, 10));
  return [...new Set([...(named === undefined ? [] : [named]), ...around])];
}
