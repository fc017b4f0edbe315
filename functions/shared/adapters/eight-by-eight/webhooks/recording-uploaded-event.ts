import type * as z from 'zod/mini';
import type { RecordingUploadedEvent } from '../../../domain/webhook-events.ts';
import {
  eventType,
  fields,
  optional,
  type ParsedWebhook,
  parseWebhook,
  requiredId,
} from './webhook-schema.ts';
import { readCount, readInstantMs, readName, readText } from './webhook-values.ts';

/** The recording API spells two of these fields differently from the webhook's guide, so both spellings count. */
const recordingUploaded = fields({
  eventType: eventType('CALL_RECORDING_STATUS'),
  payload: fields({
    sessionId: requiredId(),
    recordingId: requiredId(),
    subAccountId: optional(readText),
    status: optional(readName),
    durationSeconds: optional(readCount),
    duration: optional(readCount),
    filePath: optional(readText),
    startRecordingTime: optional(readInstantMs),
  }),
});

/** Reads the JSON body of a VRU. */
export function parseRecordingUploaded(body: unknown): ParsedWebhook<RecordingUploadedEvent> {
  return parseWebhook(recordingUploaded, toEvent, body);
}

function toEvent({ payload }: z.output<typeof recordingUploaded>): RecordingUploadedEvent {
  return {
    sessionId: payload.sessionId,
    recordingId: payload.recordingId,
    subAccountId: payload.subAccountId,
    status: payload.status,
    durationSeconds: payload.durationSeconds ?? payload.duration,
    filePath: payload.filePath,
    startedAtMs: payload.startRecordingTime,
  };
}
