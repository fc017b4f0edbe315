import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import { REGION } from './physical-names.ts';

/** A change as Lambda hands it over: the AWS SDK's dates and byte arrays become numbers and base64. */
export function toEventRecord(record: StreamRecord, eventSourceARN: string): unknown {
  const { dynamodb } = record;
  return {
    eventID: record.eventID,
    eventName: record.eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    dynamodb: encode({
      ...dynamodb,
      ApproximateCreationDateTime: Math.floor((dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000),
    }),
    eventSourceARN,
  };
}

function encode(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, encode(element)]));
}
