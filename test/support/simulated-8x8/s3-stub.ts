import { once } from 'node:events';
import { createServer } from 'node:http';

/** An object that was put. */
interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
  /** The signature scope: `{accessKeyId}/{date}/{region}/s3/aws4_request`. */
  readonly credential: string | undefined;
}

/** The part of S3 that a push needs: it takes objects from one access key and refuses every other. */
export interface S3Stub {
  readonly url: string;
  readonly objects: StoredObject[];
  stop(): Promise<void>;
}

/** Starts a store that knows one access key. */
export async function startS3Stub(accessKeyId: string): Promise<S3Stub> {
  const objects: StoredObject[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const credential = /Credential=([^,]+)/.exec(request.headers.authorization ?? '')?.[1];
    if (credential?.startsWith(`${accessKeyId}/`) !== true) {
      response.writeHead(403, { 'content-type': 'application/xml' });
      response.end('<Error><Code>InvalidAccessKeyId</Code><Message>Unknown access key.</Message></Error>');
      return;
    }
    const [, bucket = '', ...key] = decodeURIComponent(
      new URL(request.url ?? '/', 'http://s3').pathname,
    ).split('/');
    objects.push({
      bucket,
      key: key.join('/'),
      contentType: request.headers['content-type'],
      bytes: Buffer.concat(chunks),
      credential,
    });
    response.writeHead(200).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    objects,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
