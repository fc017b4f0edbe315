import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { type SeenRecording, sessionOutcomes } from '../../../domain/session.ts';
import type { SessionDigest, StoredChange } from '../../../use-cases/service-events.ts';
import type { Row } from '../batch-read.ts';
import { parseBooking, parsePoolNumber } from '../bookings/rows.ts';
import { SESSION_ITEM } from './calls-table-rows.ts';

const absent = <Value>(schema: z.ZodMiniType<Value, unknown>) =>
  z.transform((value: unknown) => (value === undefined ? undefined : z.parse(schema, value)));

const seenRecording: z.ZodMiniType<SeenRecording> = z.object({
  recordingId: z.string(),
  startedAtMs: absent(z.number()),
  durationSeconds: absent(z.number()),
  sizeBytes: absent(z.number()),
});

const sessionRow: z.ZodMiniType<SessionDigest> = z.object({
  sessionId: z.string(),
  bookingId: absent(z.string()),
  status: z.string(),
  outcome: z.enum(sessionOutcomes),
  reachedCallee: z.boolean(),
  decision: absent(z.string()),
  startedAtMs: absent(z.number()),
  endedAtMs: absent(z.number()),
  durationSeconds: absent(z.number()),
  errorCode: absent(z.number()),
  seenRecordings: z.transform((value: unknown) =>
    value === undefined ? [] : z.parse(z.array(seenRecording), value),
  ),
  inputCount: z.number(),
});

/**
 * Reads one record of a table's stream.
 * @returns undefined for a row that nobody is told of: claims, links, the inputs of a session.
 * @throws for a row of a shape that this release does not know.
 */
export function storedChangeOf({ dynamodb, eventName }: DynamoDBRecord): StoredChange | undefined {
  const key = readImage(dynamodb?.Keys);
  const before = readImage(dynamodb?.OldImage);
  const after = eventName === 'REMOVE' ? undefined : readImage(dynamodb?.NewImage);
  const atMs = (dynamodb?.ApproximateCreationDateTime ?? 0) * 1000;
  const changeOf = <Kind, Value>(kind: Kind, parse: (row: Row) => Value) => ({
    kind,
    before: before && parse(before),
    after: after && parse(after),
    atMs,
  });
  if (key?.sk === 'BOOKING') return changeOf('booking' as const, parseBooking);
  if (key?.pk === 'NUMBERS') return changeOf('number' as const, parsePoolNumber);
  if (key?.item === SESSION_ITEM) return changeOf('session' as const, (row) => sessionRow.parse(row));
  return undefined;
}

function readImage(image: NonNullable<DynamoDBRecord['dynamodb']>['Keys']): Row | undefined {
  // Lambda hands the attributes over as DynamoDB has them; only the two packages' names for them differ.
  return image && unmarshall(image as Record<string, AttributeValue>);
}
