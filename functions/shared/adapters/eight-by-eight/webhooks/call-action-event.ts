import * as z from 'zod/mini';
import { parseJson } from '../../../domain/parse-json.ts';
import type { CallActionEvent } from '../../../domain/webhook-events.ts';
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
  readAddress,
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
  readOddId,
  readText,
} from './webhook-values.ts';

/** What can be read of a call, whatever else the request holds. */
const readablePayload = {
  eventId: optional(readId),
  callId: optional(readId),
  subAccountId: optional(readText),
  callStatus: optional(readName),
  callDirection: optional(readDirection),
  source: optional(readAsIs),
  sourceCountryCode: optional(readCountryCode),
  destinationCountryCode: optional(readCountryCode),
  callDuration: optional(readCount),
  sipCode: optional(readInteger),
  eventData: optional(readEventDigits),
  dtmf: optional(readDtmf),
  clientActionId: optional(readText),
  timestamp: optional(readInstantMs),
};

/**
 * Something must have been dialled, or there is nothing to look up. The source may be anything or missing: how 8x8
 * writes a withheld caller is not documented.
 */
const callAction = fields({
  eventType: eventType('CALL_ACTION'),
  payload: fields({
    ...readablePayload,
    sessionId: requiredId(),
    destination: required(readAddress, 'must be the number that was dialled'),
  }),
});

/** The least that a call needs to be decided: who calls whom. */
const barePayload = fields({
  ...readablePayload,
  sessionId: optional(readOddId),
  destination: optional(readAddress),
});

/** Reads the JSON body of a VCA. A caller or a dialled number that is no phone number is accepted as undefined. */
export function parseCallAction(body: unknown): ParsedWebhook<CallActionEvent> {
  return parseWebhook(callAction, ({ payload }) => toEvent(payload), body);
}

/**
 * Reads a body that is no VCA as far as it can be decided: where it tells who calls whom, whatever else is odd.
 * Somebody is waiting on the line.
 *
 * @param spareSessionId names the session where the body names none.
 */
export function salvageCallAction(body: unknown, spareSessionId: string): CallActionEvent | undefined {
  for (const payload of possiblePayloads(body)) {
    const { data } = z.safeParse(barePayload, payload);
    if (data === undefined) continue;
    const event = toEvent({ ...data, sessionId: data.sessionId ?? spareSessionId });
    if (event.source !== undefined && event.destination !== undefined) return event;
  }
  return undefined;
}

/** Where a payload may be that is not where it belongs: in a list, as a text, or without its envelope. */
function possiblePayloads(body: unknown): unknown[] {
  const envelope = Array.isArray(body) ? body[0] : body;
  if (typeof envelope !== 'object' || envelope === null) return [];
  const payload = Object.getOwnPropertyDescriptor(envelope, 'payload')?.value;
  return [typeof payload === 'string' ? parseJson(payload) : payload, envelope];
}

type Payload = Omit<z.output<typeof barePayload>, 'sessionId'> & { readonly sessionId: string };

function toEvent(payload: Payload): CallActionEvent {
  const caller = readPhoneAddress(payload.source, payload.sourceCountryCode);
  const { destination, destinationCountryCode } = payload;
  return {
    sessionId: payload.sessionId,
    eventId: payload.eventId,
    callId: payload.callId,
    subAccountId: payload.subAccountId,
    callStatus: payload.callStatus,
    direction: payload.callDirection,
    source: numberIn(caller),
    ...(caller.kind === 'unreadable' && { sourceUnreadable: true }),
    destination: readDialledNumber(destination, destinationCountryCode),
    destinationCountryCode,
    durationSeconds: payload.callDuration,
    sipCode: payload.sipCode,
    dtmf: payload.eventData ?? payload.dtmf,
    clientActionId: payload.clientActionId,
    occurredAtMs: payload.timestamp,
  };
}
