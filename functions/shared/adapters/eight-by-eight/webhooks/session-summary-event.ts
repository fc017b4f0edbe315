import type * as z from 'zod/mini';
import type { CallQuality, SessionLeg, SessionSummaryEvent } from '../../../domain/webhook-events.ts';
import { numberIn, readDialledNumber, readPhoneAddress } from './phone-address.ts';
import {
  eventType,
  fields,
  ifReadable,
  optional,
  type ParsedWebhook,
  parseWebhook,
  required,
  requiredId,
  unlessAbsent,
} from './webhook-schema.ts';
import {
  readAsIs,
  readCount,
  readCountryCode,
  readDirection,
  readId,
  readInstantMs,
  readInteger,
  readName,
  readNumber,
  readText,
} from './webhook-values.ts';

const leg = fields({
  callId: optional(readId),
  callDirection: optional(readDirection),
  callType: optional(readName),
  callStatus: optional(readName),
  source: optional(readAsIs),
  destination: optional(readAsIs),
  sourceCountryCode: optional(readCountryCode),
  destinationCountryCode: optional(readCountryCode),
  initiatedTimestamp: optional(readInstantMs),
  connectedTimestamp: optional(readInstantMs),
  disconnectedTimestamp: optional(readInstantMs),
  callDuration: optional(readCount),
  callQuality: ifReadable(
    fields({ mos: optional(readNumber), packetLossRate: optional(readNumber), jitter: optional(readNumber) }),
  ),
});

/** A leg or details that are there and are no object refuse the body: a summary without a leg that took
 * place would look like the whole truth. */
const sessionSummary = fields({
  eventType: eventType('SESSION_SUMMARY'),
  payload: fields({
    sessionId: requiredId(),
    subAccountId: optional(readText),
    sessionStatus: required(readName, 'must be the name of a status, such as COMPLETED'),
    startTime: optional(readInstantMs),
    endTime: optional(readInstantMs),
    lastAction: optional(readName),
    callCount: optional(readCount),
    errorDetails: ifReadable(fields({ errorCode: optional(readInteger) })),
    details: unlessAbsent(fields({ callA: unlessAbsent(leg), callB: unlessAbsent(leg) })),
  }),
});

/** Reads the JSON body of a VSS. Details may be missing altogether: the legs are then none. */
export function parseSessionSummary(body: unknown): ParsedWebhook<SessionSummaryEvent> {
  return parseWebhook(sessionSummary, toEvent, body);
}

function toEvent({ payload }: z.output<typeof sessionSummary>): SessionSummaryEvent {
  const { callA, callB } = payload.details ?? {};
  return {
    sessionId: payload.sessionId,
    subAccountId: payload.subAccountId,
    sessionStatus: payload.sessionStatus,
    startedAtMs: payload.startTime,
    endedAtMs: payload.endTime,
    lastAction: payload.lastAction,
    callCount: payload.callCount,
    errorCode: payload.errorDetails?.errorCode,
    legs: [...(callA ? [toLeg('A', callA)] : []), ...(callB ? [toLeg('B', callB)] : [])],
  };
}

function toLeg(name: SessionLeg['leg'], call: z.output<typeof leg>): SessionLeg {
  return {
    leg: name,
    callId: call.callId,
    direction: call.callDirection,
    callType: call.callType,
    status: call.callStatus,
    source: numberIn(readPhoneAddress(call.source, call.sourceCountryCode)),
    destination: readDialledNumber(call.destination, call.destinationCountryCode),
    initiatedAtMs: call.initiatedTimestamp,
    connectedAtMs: call.connectedTimestamp,
    disconnectedAtMs: call.disconnectedTimestamp,
    durationSeconds: call.callDuration,
    quality: toQuality(call.callQuality ?? {}),
  };
}

interface MeasuredQuality {
  readonly mos?: number | undefined;
  readonly packetLossRate?: number | undefined;
  readonly jitter?: number | undefined;
}

function toQuality({ mos, packetLossRate, jitter }: MeasuredQuality): CallQuality | undefined {
  if (mos === undefined && packetLossRate === undefined && jitter === undefined) return undefined;
  return { mos, packetLossRate, jitterMs: jitter };
}
