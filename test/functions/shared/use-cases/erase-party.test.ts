import { randomUUID } from 'node:crypto';
import {
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { partyOperations } from '../../../../functions/booking-api/operations/parties.ts';
import { createBookingLinks } from '../../../../functions/shared/adapters/dynamodb/bookings/booking-links.ts';
import { keys } from '../../../../functions/shared/adapters/dynamodb/bookings/keys.ts';
import { createSessionRecorder } from '../../../../functions/shared/adapters/dynamodb/calls/calls-table-recorder.ts';
import { createPersonTraces } from '../../../../functions/shared/adapters/dynamodb/erasure-traces.ts';
import { createRecordingEraser } from '../../../../functions/shared/adapters/s3/recording-eraser.ts';
import type { Booking } from '../../../../functions/shared/domain/booking.ts';
import { PhoneNumber } from '../../../../functions/shared/domain/phone-number.ts';
import { createLogger } from '../../../../functions/shared/observability/logger.ts';
import type { RecordingEraser } from '../../../../functions/shared/ports/person-traces.ts';
import { eraseParty } from '../../../../functions/shared/use-cases/erase-party.ts';
import {
  makeTemporaryFolder,
  removeTemporaryFolder,
} from '../../../../lib/local-cloud/processes/guarded-process.ts';
import {
  type StorageServer,
  startStorageServer,
} from '../../../../lib/local-cloud/storage/storage-server.ts';
import { REGION } from '../../../../lib/local-cloud/template/physical-names.ts';
import { book, createTestStores, draftOf, person, type TestStores } from '../../../support/bookings.ts';
import {
  localCredentials,
  startTestDatabase,
  type TestDatabase,
  type TestTables,
} from '../../../support/dynamodb-engine.ts';
import { testRetry } from '../../../support/followed-store.ts';
import {
  answeredCall,
  callAtMs,
  callerEvent,
  decisionInput,
  driver,
  recordingInput,
  rider,
} from '../../../support/session-inputs.ts';

const BUCKET = 'recordings-of-calls';
const PREFIX = 'recordings';

let database: TestDatabase;
let tables: TestTables;
let stores: TestStores;
let folder: string;
let storage: StorageServer;
let s3: S3Client;
let recordings: RecordingEraser;

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTemporaryFolder('erasure');
  storage = await startStorageServer({ dataFolder: folder });
  await storage.setCredentials([localCredentials]);
  await storage.setUp({ buckets: [BUCKET], queues: [] });
  s3 = new S3Client({
    endpoint: storage.endpoint,
    region: REGION,
    credentials: localCredentials,
    forcePathStyle: true,
  });
});

afterAll(async () => {
  s3.destroy();
  await storage.stop();
  await removeTemporaryFolder(folder);
  await database.stop();
});

beforeEach(async () => {
  tables = await database.createTables();
  recordings = createRecordingEraser(s3, BUCKET, PREFIX);
  stores = createTestStores(database, tables, { recordings });
  await stores.addNumbers(5);
});

const newErasureId = () => randomUUID();

const erase = (number: PhoneNumber, patienceMs = 60_000) =>
  eraseParty(number, {
    ...stores.deps,
    traces: stores.traces,
    newErasureId,
    patienceMs,
  });

/** Everything that is stored, as text. */
async function everything(): Promise<string> {
  const contents: unknown[] = [];
  for (const TableName of Object.values(tables)) {
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await stores.documents.send(new ScanCommand({ TableName, ExclusiveStartKey }));
      contents.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }
  const objects = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  const versions = await s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET }));
  return JSON.stringify([contents, objects.Contents, versions.Versions, versions.DeleteMarkers]);
}

async function recordCall(sessionId: string, bookingId: string): Promise<string> {
  const recorder = createSessionRecorder({
    client: stores.documents,
    tableName: tables.calls,
    bookingLinks: createBookingLinks(stores.documents, tables.bookings),
    retentionDays: 365,
  });
  const recordingId = `recording-of-${sessionId}`;
  const key = `${PREFIX}/2026-11-21/${sessionId}/${recordingId}_2026-11-21T08:00:07.000Z.mp3`;
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: 'the voices of two people' }));
  const inputs = answeredCall().map((input) => {
    if (input.kind === 'decision') return decisionInput({ bookingId });
    if (input.kind === 'recording') return recordingInput({ recordingId, key, filePath: key });
    if (input.kind === 'event') return { ...input, event: { ...input.event, sessionId } };
    return { ...input, summary: { ...input.summary, sessionId } };
  });
  for (const input of inputs) await recorder.record(sessionId, input, { receivedAtMs: callAtMs + 60_000 });
  return key;
}

const bookingOf = async (...draft: Parameters<typeof draftOf>): Promise<Booking> =>
  (await book(stores, draftOf(...draft))).booking;

describe('erasing a person', () => {
  test('leaves the number in no table and no bucket, and the other people as they were', async () => {
    const idempotency = { key: 'the-key', requestDigest: 'digest' };
    const first = await bookingOf(rider, driver, { idempotency, sticky: true });
    await bookingOf(rider, person(3), { numbering: 'per-party' });
    const others = await bookingOf(person(3), person(4));
    const recorded = await recordCall('session-1', first.bookingId);
    await stores.documents.send(
      new PutCommand({ TableName: tables.bookings, Item: { ...keys.block(rider), reason: 'asked for it' } }),
    );
    expect(await everything()).toContain(rider.revealDigits());

    const report = await erase(rider);

    expect(report).toEqual({
      erased: { bookings: 2, claims: 4, sessions: 1, recordings: 1, repeatableAnswers: 1, personRows: 1 },
      complete: true,
    });
    const left = await everything();
    expect(left).not.toContain(rider.revealDigits());
    expect(left).not.toContain(recorded);
    expect(await stores.bookings.find(others.bookingId)).toEqual(others);
    expect(left).toContain(person(3).revealDigits());
  });

  test('reaches calls on which the line was shown in another spelling', async () => {
    const [booked, shown] = [PhoneNumber.from('+525512345678'), PhoneNumber.from('+5215512345678')];
    const recorder = createSessionRecorder({
      client: stores.documents,
      tableName: tables.calls,
      bookingLinks: createBookingLinks(stores.documents, tables.bookings),
      retentionDays: 365,
    });
    const received = callerEvent('CALL_RECEIVED', 0, { source: shown });
    await recorder.record('session-1', received, { receivedAtMs: callAtMs });

    const { erased } = await erase(booked);

    expect(erased).toMatchObject({ sessions: 1 });
    expect(await everything()).not.toContain(shown.revealDigits());
  });

  test('reaches the claims of a booking that the person has left', async () => {
    const booking = await bookingOf(rider, driver);
    const [, other] = booking.parties;
    const replaced: Booking = {
      ...booking,
      parties: [{ ...booking.parties[0], phoneNumbers: [person(9)] }, other],
      version: booking.version + 1,
    };
    await stores.bookings.change(booking, replaced, stores.clock.nowMs);

    const { erased } = await erase(rider);

    expect(erased).toMatchObject({ bookings: 0, claims: 1 });
    expect(await everything()).not.toContain(rider.revealDigits());
    expect(await stores.bookings.find(booking.bookingId)).toEqual(replaced);
  });

  test('cancels what is live before anything is deleted, so that others hear of the end', async () => {
    const { bookingId } = await bookingOf(rider, driver);
    const ended: Booking[] = [];
    const watched = {
      ...stores.bookings,
      async change(before: Booking, after: Booking, nowMs: number) {
        ended.push(after);
        return stores.bookings.change(before, after, nowMs);
      },
    };

    await eraseParty(rider, {
      ...stores.deps,
      store: watched,
      traces: stores.traces,
      newErasureId,
      patienceMs: 60_000,
    });

    expect(ended.map((one) => [one.bookingId, one.storedStatus])).toEqual([[bookingId, 'cancelled']]);
  });

  test('goes on where it stopped when its time was up, and counts what it did before', async () => {
    for (const other of [1, 2, 3]) await bookingOf(rider, person(other));
    await recordCall('session-2', 'none');
    const stopped = await erase(rider, 0);
    // The clock moves with every look at it, so that each run gets a little further.
    let runs = 0;
    let report = stopped;
    const laterMs = stores.clock.nowMs;
    while (!report.complete && runs < 100) {
      runs += 1;
      let looks = 0;
      report = await eraseParty(rider, {
        ...stores.deps,
        traces: stores.traces,
        newErasureId,
        nowMs: () => {
          looks += 1;
          return laterMs + looks;
        },
        patienceMs: 3,
      });
    }

    expect(stopped).toMatchObject({ complete: false, erased: { bookings: 0 } });
    expect(runs).toBeGreaterThan(2);
    expect(report).toMatchObject({ complete: true, erased: { bookings: 3, sessions: 1, recordings: 1 } });
    expect(await everything()).not.toContain(rider.revealDigits());
  });

  test('finishes what a crash left: the note by which a thing is found goes last', async () => {
    const { bookingId } = await bookingOf(rider, driver);
    await recordCall('session-3', bookingId);
    for (let failAt = 1; failAt < 40; failAt += 1) {
      const failing = createPersonTraces(crashingAfter(failAt), { tables, recordings, retry: testRetry });
      await eraseParty(rider, {
        ...stores.deps,
        traces: failing,
        newErasureId,
        patienceMs: 60_000,
      }).catch(() => undefined);
    }

    await erase(rider);

    expect(await everything()).not.toContain(rider.revealDigits());
  });

  test('finds nothing the second time', async () => {
    await bookingOf(rider, driver);
    await erase(rider);

    const { erased, complete } = await erase(rider);

    expect(complete).toBe(true);
    expect(Object.values(erased)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('answers with the counts, logs no number, and takes nothing that is no number', async () => {
    const lines: string[] = [];
    const [operation] = partyOperations({
      ...stores.deps,
      traces: stores.traces,
      newErasureId,
      logger: createLogger('booking-api', (line) => lines.push(line)),
    });
    await bookingOf(rider, driver);
    const ask = (e164: string) =>
      operation?.run({ path: { e164 }, query: undefined, body: undefined, idempotencyKey: undefined });

    const answer = await ask(rider.reveal());

    expect(answer).toMatchObject({ status: 200, body: { complete: true, erased: { bookings: 1 } } });
    expect(lines.join()).toContain('PARTY_ERASED');
    expect(lines.join()).not.toContain(rider.revealDigits());
    await expect(ask('somebody')).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});

/** A client whose n-th request and every one after it fail. */
function crashingAfter(requests: number): TestStores['documents'] {
  let sent = 0;
  return new Proxy(stores.documents, {
    get(target, name) {
      if (name !== 'send') return Reflect.get(target, name);
      return (...input: Parameters<typeof target.send>) => {
        sent += 1;
        return sent > requests ? Promise.reject(new Error('crashed')) : target.send(...input);
      };
    },
  });
}
