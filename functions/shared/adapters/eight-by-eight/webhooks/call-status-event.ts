import type * as z from 'zod/mini';
import type { CallStatusEvent } from '../../../domain/webhook-events.ts';
import { numberIn, readDialledNumber, readPhoneAddress } from './phone-address.ts';
import {
  eventType,
  fields,
  optional,
  type ParsedWebhook,
  parseWebhook,
  required,
  requiredId,
} from './webhook-schema.ts';
import {
  readAsIs,
  readCount,
  readCountryCode,
  readDirection,
  readDtmf,
  readEventDigits,
  readId,
  readInstantMs,
  readInteger,
  readName,
  readText,
} from './webhook-values.ts';

const callStatus = fields({
  eventType: eventType('CALL_STATUS'),
  payload: fields({
    sessionId: requiredId(),
    eventId: optional(readId),
    callId: optional(readId),
    subAccountId: optional(readText),
    callStatus: required(readName, 'must be the name of a status, such as CALL_CONNECTED'),
    callDirection: optional(readDirection),
    callType: optional(readName),
    source: optional(readAsIs),
    destination: optional(readAsIs),
    sourceCountryCode: optional(readCountryCode),
    destinationCountryCode: optional(readCountryCode),
    callDuration: optional(readCount),
    sipCode: optional(readInteger),
    eventData: optional(readEventDigits),
    dtmf: optional(readDtmf),
    timestamp: optional(readInstantMs),
  }),
});

/** Reads the JSON body of a VCS. */
export function parseCallStatus(body: unknown): ParsedWebhook<CallStatusEvent> {
  return parseWebhook(callStatus, toEvent, body);
}

function toEvent({ payload }: z.output<typeof callStatus>): CallStatusEvent {
  return {
    sessionId: payload.sessionId,
    eventId: payload.eventId ?? eventIdOf(payload),
    callId: payload.callId,
    subAccountId: payload.subAccountId,
    callStatus: payload.callStatus,
    direction: payload.callDirection,
    callType: payload.callType,
    source: numberIn(readPhoneAddress(payload.source, payload.sourceCountryCode)),
    destination: readDialledNumber(payload.destination, payload.destinationCountryCode),
    durationSeconds: payload.callDuration,
    sipCode: payload.sipCode,
    dtmf: payload.eventData ?? payload.dtmf,
    occurredAtMs: payload.timestamp,
  };
}

interface EventMarks {
  readonly sessionId: string;
  readonly callId?: string | undefined;
  readonly callStatus: string;
  readonly timestamp?: number | undefined;
}

/** Made of what tells one event of a leg from the next, so that the same event sent twice stays one event. */
function eventIdOf({ sessionId, callId, callStatus, timestamp }: EventMarks): string {
  return [callId ?? sessionId, callStatus, timestamp ?? 'untimed'].join(':');
}
