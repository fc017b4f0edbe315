import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { digestOf, type SessionDigest } from '../../../domain/session-digest.ts';
import type { StoredChange } from '../../../use-cases/service-events.ts';
import type { Row } from '../batch-read.ts';
import { parseBooking, parsePoolNumber } from '../bookings/rows.ts';
import { SESSION_ITEM } from './calls-table-rows.ts';
import { sessionOf } from './calls-table-session.ts';

/** A session as its row tells it; what is kept aside is told of nobody. */
function readSession(row: Row): SessionDigest | undefined {
  const session = sessionOf(String(row.sessionId), [row]);
  return session && digestOf(session.view, session.inputCount);
}

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
  if (key?.item === SESSION_ITEM) return changeOf('session' as const, readSession);
  return undefined;
}

function readImage(image: NonNullable<DynamoDBRecord['dynamodb']>['Keys']): Row | undefined {
  // Lambda hands the attributes over as DynamoDB has them; only the two packages' names for them differ.
  return image && unmarshall(image as Record<string, AttributeValue>);
}
