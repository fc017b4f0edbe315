import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

/** Long enough to start a download, short enough that a link passed on is worth nothing. */
const LINK_SECONDS = 300;

/** Presigned links to the objects of the recordings bucket. */
export function createRecordingLinks(client: S3Client, bucket: string, nowMs: () => number = Date.now) {
  return {
    /** A link to the object at `key` that works for five minutes. */
    async downloadUrl(key: string): Promise<{ url: string; expiresAtMs: number }> {
      const signedAtMs = nowMs();
      const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), {
        expiresIn: LINK_SECONDS,
      });
      return { url, expiresAtMs: signedAtMs + LINK_SECONDS * 1000 };
    },
  };
}
