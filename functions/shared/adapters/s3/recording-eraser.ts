import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { RecordingEraser } from '../../ports/person-traces.ts';

/**
 * Erases recordings with all their versions. The platform writes a call's files into a folder named after its
 * session, with or without a folder for the day above it; all of these are emptied, so that a file whose event never
 * came goes too.
 *
 * @param prefix the folder that recordings are pushed to, without slashes around it.
 */
export function createRecordingEraser(client: S3Client, bucket: string, prefix: string): RecordingEraser {
  async function remove(objects: readonly ObjectIdentifier[]): Promise<void> {
    if (objects.length === 0) return;
    const { Errors: errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [...objects], Quiet: true } }),
    );
    if (errors.length > 0)
      throw new Error(`S3 refused to delete ${errors.length} recordings: ${errors[0]?.Code}.`);
  }

  /** Deletes what is there now; in a versioned bucket that leaves the versions, for {@link purge}. */
  async function removeCurrent(Prefix: string): Promise<string[]> {
    const removed: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix })) {
      const keys = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
      await remove(keys.map((Key) => ({ Key })));
      removed.push(...keys);
    }
    return removed;
  }

  async function purge(Prefix: string): Promise<string[]> {
    const purged: string[] = [];
    let KeyMarker: string | undefined;
    let VersionIdMarker: string | undefined;
    do {
      const page = await client.send(
        new ListObjectVersionsCommand({ Bucket: bucket, Prefix, KeyMarker, VersionIdMarker }),
      );
      const versions = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].flatMap(
        ({ Key, VersionId }) => (Key === undefined ? [] : [{ Key, VersionId }]),
      );
      await remove(versions);
      purged.push(...versions.map(({ Key }) => Key));
      ({ NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page);
    } while (KeyMarker !== undefined);
    return purged;
  }

  return {
    async erase({ sessionId, recordings, days }) {
      const places = new Set([
        `${prefix}/${sessionId}/`,
        ...days.map((day) => `${prefix}/${day}/${sessionId}/`),
        ...recordings.flatMap(({ key }) => (key === undefined ? [] : [key])),
      ]);
      const erased = new Set<string>();
      for (const place of places) {
        for (const key of [...(await removeCurrent(place)), ...(await purge(place))]) erased.add(key);
      }
      return erased.size;
    },
  };
}
