import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBookingLinks } from '../../../../functions/shared/adapters/dynamodb/bookings/booking-links.ts';
import { keys } from '../../../../functions/shared/adapters/dynamodb/bookings/keys.ts';
import { createSessionRecorder } from '../../../../functions/shared/adapters/dynamodb/calls/calls-table-recorder.ts';
import { SESSION_ITEM } from '../../../../functions/shared/adapters/dynamodb/calls/calls-table-rows.ts';
import { storedChangeOf } from '../../../../functions/shared/adapters/dynamodb/calls/stored-change.ts';
import type { SessionInput } from '../../../../functions/shared/domain/session.ts';
import { eventsOf, type ServiceEvent } from '../../../../functions/shared/use-cases/service-events.ts';
import { startTestDatabase, type TestDatabase, type TestTables } from '../../../support/dynamodb-engine.ts';
import {
  callAtMs,
  decisionInput,
  recordingInput,
  rider,
  summaryInput,
  virtualNumber,
} from '../../../support/session-inputs.ts';

type RecordingEvent = Extract<ServiceEvent, { type: 'recording.available' }>;
type Row = Record<string, unknown> | undefined;

let database: TestDatabase;
let client: DynamoDBDocumentClient;
let tables: TestTables;

beforeAll(async () => {
  database = await startTestDatabase();
  client = DynamoDBDocumentClient.from(database.client, { marshallOptions: { removeUndefinedValues: true } });
});

afterAll(() => database.stop());

beforeEach(async () => {
  tables = await database.createTables();
});

const bookingId = '01JDBOOKING0000000000000001';
const unseen = recordingInput({ verified: false, key: undefined, sizeBytes: undefined });
const seen = recordingInput();

async function sessionRow(sessionId: string): Promise<Row> {
  const Key = { sessionId, item: SESSION_ITEM };
  return (await client.send(new GetCommand({ TableName: tables.calls, Key, ConsistentRead: true }))).Item;
}

function streamRecord(sessionId: string, before: Row, after: Row): DynamoDBRecord {
  const imageOf = (row: object) =>
    marshall(row) as NonNullable<DynamoDBRecord['dynamodb']>['NewImage'] & object;
  return {
    eventName: before === undefined ? 'INSERT' : 'MODIFY',
    dynamodb: {
      Keys: imageOf({ sessionId, item: SESSION_ITEM }),
      ...(before && { OldImage: imageOf(before) }),
      ...(after && { NewImage: imageOf(after) }),
      ApproximateCreationDateTime: callAtMs / 1000,
    },
  };
}

/** Records the inputs and follows what the stream would tell of the session's row. */
async function toldOf(sessionId: string, inputs: readonly SessionInput[]): Promise<RecordingEvent[]> {
  const recorder = createSessionRecorder({
    client,
    tableName: tables.calls,
    bookingLinks: createBookingLinks(client, tables.bookings),
    retentionDays: 365,
  });
  const told: RecordingEvent[] = [];
  for (const input of inputs) {
    const before = await sessionRow(sessionId);
    await recorder.record(sessionId, input, { receivedAtMs: callAtMs });
    const change = storedChangeOf(streamRecord(sessionId, before, await sessionRow(sessionId)));
    const events = change === undefined ? [] : eventsOf(change, { includePhoneNumbers: false });
    told.push(...events.filter((event) => event.type === 'recording.available'));
  }
  return told;
}

function permutations<T>(all: readonly T[]): T[][] {
  if (all.length < 2) return [[...all]];
  return all.flatMap((one, at) => permutations(all.toSpliced(at, 1)).map((rest) => [one, ...rest]));
}

describe('a recording', () => {
  test('is told with its booking in the end, whatever order its events come in', async () => {
    const orders = permutations([decisionInput({ bookingId }), summaryInput(), unseen, seen]);

    for (const [at, inputs] of orders.entries()) {
      const told = await toldOf(`session-${at}`, [...inputs, ...inputs]);

      const isBookedFirst = inputs.findIndex(({ kind }) => kind === 'decision') < inputs.indexOf(seen);
      expect(told.map(({ data }) => data.bookingId)).toEqual(
        isBookedFirst ? [bookingId] : [undefined, bookingId],
      );
      expect(told.map(({ sequence }) => Number(sequence))).toEqual(
        told.map(({ sequence }) => Number(sequence)).toSorted((one, other) => one - other),
      );
    }
  });

  test('is told with the booking that held the pair, where no decision was kept', async () => {
    const key = keys.link({ virtualNumber, caller: rider }, callAtMs - 60_000, 'the-holder');
    const link = { ...key, heldNumber: virtualNumber.reveal() };
    await client.send(new PutCommand({ TableName: tables.bookings, Item: link }));

    const told = await toldOf('session', [seen, summaryInput()]);

    expect(told.map(({ data }) => data.bookingId)).toEqual([undefined, 'the-holder']);
  });

  test('is not told while its file is missing', async () => {
    expect(await toldOf('session', [decisionInput(), summaryInput(), unseen])).toEqual([]);
  });
});
