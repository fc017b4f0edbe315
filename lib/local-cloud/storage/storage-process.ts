/**
 * The process of the S3 and SQS server. Its parent starts it with its configuration as argument and tells it over
 * IPC which buckets, queues and credentials there are; it ends with its parent.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { buildApp } from 'fauxqs';
import type { Credential } from '../template/credentials.ts';
import { isAllowed, s3AccessOf } from './access-policy.ts';
import { loadFauxqsInternals } from './fauxqs-internals.ts';
import { type Refusal, verifySignature } from './sigv4.ts';
import type { StorageConfiguration, StorageRequest, StorageSetup } from './storage-server.ts';

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;

const configuration: StorageConfiguration = JSON.parse(process.argv[2] ?? '{}');
const { region, dataFolder } = configuration;
const BODY_MISMATCH: Refusal = {
  status: 400,
  code: 'XAmzContentSHA256Mismatch',
  message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
};
/** With 0 the package loses a message that it keeps in a file. */
const AT_ONCE_SECONDS = 0.001;
const credentials = new Map<string, Credential>();

const { SqsStore, SnsStore, S3Store, PersistenceManager, FileS3Persistence, applyInitConfig } =
  await loadFauxqsInternals();

const persistence = new PersistenceManager(path.join(dataFolder, 'queues'));
const objectFiles = new FileS3Persistence(path.join(dataFolder, 'objects'));
const stores: Stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
persistence.loadSqsAndSns(stores.sqsStore, stores.snsStore);
objectFiles.loadS3(stores.s3Store);
// Attached after loading, or loading would write everything back.
Object.assign(stores.sqsStore, { persistence });
Object.assign(stores.snsStore, { persistence });
Object.assign(stores.s3Store, { persistence: objectFiles });
for (const queue of stores.sqsStore.allQueues()) Object.assign(queue, { persistence });

const app = buildApp({ logger: false, defaultRegion: region, stores });

app.addHook('onRequest', (request, reply, done) => {
  const refusal = checkAccess(request.raw.method ?? 'GET', request.raw.url ?? '/', request.raw.headers);
  if (refusal === undefined) return done();
  const isQueueRequest = request.headers['x-amz-target'] !== undefined;
  void reply
    .code(refusal.status)
    .type(isQueueRequest ? 'application/x-amz-json-1.0' : 'application/xml')
    .send(isQueueRequest ? errorJson(refusal) : errorXml(refusal));
});

app.addHook('preHandler', (request, reply, done) => {
  const expected = request.headers['x-amz-content-sha256'];
  const isHash = typeof expected === 'string' && /^[0-9a-f]{64}$/.test(expected);
  if (!isHash || !Buffer.isBuffer(request.body) || sha256(request.body) === expected) return done();
  void reply.code(BODY_MISMATCH.status).type('application/xml').send(errorXml(BODY_MISMATCH));
});

process.on('message', (request: StorageRequest) => {
  if (request.credentials !== undefined) {
    credentials.clear();
    for (const credential of request.credentials) credentials.set(credential.accessKeyId, credential);
  }
  if (request.setup !== undefined) createResources(request.setup);
  process.send?.({ kind: 'done', id: request.id });
});
process.on('disconnect', () => void close());
process.on('SIGTERM', () => void close());

await app.listen({ host: '127.0.0.1', port: configuration.port });
const address = app.server.address();
process.send?.({ kind: 'ready', port: address !== null && typeof address === 'object' ? address.port : 0 });

async function close(): Promise<void> {
  await app.close();
  persistence.close();
  process.exit(0);
}

function createResources({ buckets, queues }: StorageSetup): void {
  for (const { name, attributes } of queues) {
    // Attributes may have changed since the queue was kept; its messages stay.
    stores.sqsStore.getQueueByName(name)?.setAttributes({ ...attributes });
  }
  applyInitConfig({ buckets, queues }, stores.sqsStore, stores.snsStore, stores.s3Store, {
    port: configuration.port,
    region,
  });
  for (const { name, longestPostponementSeconds } of queues) {
    const queue = stores.sqsStore.getQueueByName(name);
    if (queue !== undefined && longestPostponementSeconds !== undefined) {
      boundPostponements(queue, longestPostponementSeconds);
    }
  }
}

type Queue = NonNullable<ReturnType<Stores['sqsStore']['getQueueByName']>>;
const changeVisibilityOf = new WeakMap<Queue, Queue['changeVisibility']>();

function boundPostponements(queue: Queue, longestSeconds: number): void {
  const changeVisibility = changeVisibilityOf.get(queue) ?? queue.changeVisibility.bind(queue);
  changeVisibilityOf.set(queue, changeVisibility);
  queue.changeVisibility = (receiptHandle, seconds) =>
    changeVisibility(receiptHandle, Math.max(Math.min(seconds, longestSeconds), AT_ONCE_SECONDS));
}

function checkAccess(
  method: string,
  url: string,
  headers: Parameters<typeof verifySignature>[0]['headers'],
): Refusal | undefined {
  if (url === '/health') return undefined;
  const target = headers['x-amz-target'];
  const service = target === undefined ? 's3' : 'sqs';
  const verification = verifySignature(
    { method, url, headers },
    { service, region, nowEpochMs: Date.now(), credential: (id) => credentials.get(id) },
  );
  if (verification.refusal !== undefined) return verification.refusal;
  const { statements } = verification.credential;
  if (statements === undefined) return undefined;
  const access =
    service === 's3'
      ? s3AccessOf(method, url)
      : { action: `sqs:${String(target).split('.').pop()}`, resource: '*' };
  return isAllowed(statements, access)
    ? undefined
    : { status: 403, code: 'AccessDenied', message: 'Access Denied' };
}

function errorXml({ code, message }: Refusal): string {
  const escaped = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped}</Message></Error>`;
}

function errorJson({ code, message }: Refusal): string {
  return JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message });
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
