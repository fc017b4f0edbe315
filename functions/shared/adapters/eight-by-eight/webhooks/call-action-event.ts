import type * as z from 'zod/mini';
import { PhoneNumber } from '../../../domain/phone-number.ts';
import type { CallActionEvent } from '../../../domain/webhook-events.ts';
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
  readAddress,
  readCountryCode,
  readDtmf,
  readEventDigits,
  readId,
  readInstantMs,
  readName,
  readPhoneNumber,
  readText,
} from './webhook-values.ts';

/**
 * Something must have been dialled, or there is nothing to look up. The source may be anything or missing: how 8x8
 * writes a withheld caller is not documented.
 */
const callAction = fields({
  eventType: eventType('CALL_ACTION'),
  payload: fields({
    sessionId: requiredId(),
    eventId: optional(readId),
    callId: optional(readId),
    subAccountId: optional(readText),
    callStatus: optional(readName),
    callDirection: optional(readName),
    source: optional(readPhoneNumber),
    destination: required(readAddress, 'must be the number that was dialled'),
    destinationCountryCode: optional(readCountryCode),
    eventData: optional(readEventDigits),
    dtmf: optional(readDtmf),
    clientActionId: optional(readText),
    timestamp: optional(readInstantMs),
  }),
});

/** Reads the JSON body of a VCA. A caller or a dialled number that is no phone number is accepted as undefined. */
export function parseCallAction(body: unknown): ParsedWebhook<CallActionEvent> {
  return parseWebhook(callAction, toEvent, body);
}

function toEvent({ payload }: z.output<typeof callAction>): CallActionEvent {
  return {
    sessionId: payload.sessionId,
    eventId: payload.eventId,
    callId: payload.callId,
    subAccountId: payload.subAccountId,
    callStatus: payload.callStatus,
    direction: payload.callDirection,
    source: payload.source,
    destination: PhoneNumber.parse(payload.destination),
    destinationCountryCode: payload.destinationCountryCode,
    dtmf: payload.eventData ?? payload.dtmf,
    clientActionId: payload.clientActionId,
    occurredAtMs: payload.timestamp,
  };
}
