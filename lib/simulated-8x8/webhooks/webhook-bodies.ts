import { isoMilliseconds, isoSeconds } from '../model/clock.ts';
import { createUuid } from '../model/ids.ts';
import { countryOf, toE164 } from '../model/phone-numbers.ts';
import { createRandom } from '../model/random.ts';
import type { OperationalStatus, SubAccount, VirtualNumber } from '../model/sub-account.ts';
import type { Leg, Recording, VoiceSession } from '../model/voice-session.ts';
import type { JsonObject } from '../model/webhook-types.ts';

/** Statuses of a call action request: an incoming call, or an action that is over. */
export type CallActionStatus = 'CALL_RECEIVED' | 'ACTION_COMPLETED';

/** Statuses of a leg that a call status event reports. */
export type CallStatus =
  | 'CALL_INITIATED'
  | 'CALL_RECEIVED'
  | 'CALL_CONNECTED'
  | 'CALL_DISCONNECTED'
  | 'CALL_UPDATED'
  | 'DTMF_RECEIVED';

/** What the number pool costs on a simulated account. */
export const tariff = {
  rentalPrice: 6.5,
  incomingRate: 0.03,
  billingUnit: 60,
  billingCurrency: 'USD',
  numberHealthCheckEnabled: true,
} as const;

/** What a minute of a leg costs that the platform dials, in the currency of the tariff. */
export const OUTGOING_RATE = 0.05;

/**
 * The body of a call action request.
 * @param dtmf the digits of a capture (null when it failed); undefined when there was no capture.
 */
export function callActionBody(
  session: VoiceSession,
  leg: Leg,
  callStatus: CallActionStatus,
  dtmf: string | null | undefined,
): JsonObject {
  return {
    namespace: 'VOICE',
    eventType: 'CALL_ACTION',
    description: 'Action request of a call',
    payload: {
      ...callEventFields(session, leg, callStatus),
      ...(dtmf === undefined ? {} : { eventData: { dtmf } }),
      sipCode: 200,
      timestamp: isoMilliseconds(session.nowMs),
      ...(session.clientActionId === undefined ? {} : { clientActionId: session.clientActionId }),
    },
  };
}

/** The body of a call status event about one leg, at the session's present time. */
export function callStatusBody(session: VoiceSession, leg: Leg, callStatus: CallStatus): JsonObject {
  return {
    payload: {
      ...callEventFields(session, leg, callStatus),
      sipCode: leg.sipCode,
      timestamp: isoMilliseconds(session.nowMs),
      ...(leg.status === 'ERROR' && session.variations.eventErrors === 'present' ? errorFields(session) : {}),
    },
    namespace: 'VOICE',
    eventType: 'CALL_STATUS',
    description: 'Status update of a call',
  };
}

function callEventFields(
  session: VoiceSession,
  leg: Leg,
  callStatus: CallActionStatus | CallStatus,
): JsonObject {
  return {
    eventId: createUuid(session.random, session.nowMs),
    callId: leg.callId,
    sessionId: session.sessionId,
    subAccountId: session.subAccount.id,
    callStatus,
    callDirection: leg.direction,
    callType: 'PSTN',
    ...partyFields(session.subAccount, leg),
    callDuration: connectedSeconds(leg),
  };
}

/** The fields that name the two ends of a leg, with the reference of the virtual number's range. */
function partyFields(subAccount: SubAccount, leg: Leg): JsonObject {
  const virtualNumber = leg.direction === 'INBOUND' ? leg.destination : leg.source;
  const range = subAccount.numbers.get(virtualNumber ?? '')?.referenceId ?? subAccount.referenceId;
  return {
    source: leg.source,
    destination: leg.destination,
    sourceFormat: 'MSISDN',
    destinationFormat: 'MSISDN',
    sourceCountryCode: leg.sourceCountry ?? countryOfParty(leg.source),
    destinationCountryCode: countryOfParty(leg.destination),
    ...(leg.direction === 'INBOUND' ? { destinationRefId: range } : { sourceRefId: range }),
  };
}

function countryOfParty(party: string | null): string | null {
  const e164 = toE164(party);
  return e164 === undefined ? null : countryOf(e164);
}

/** Seconds for which a leg was connected; 0 while it has not ended. */
export function connectedSeconds(leg: Leg): number {
  if (leg.connectedMs === undefined || leg.disconnectedMs === undefined) return 0;
  return Math.round((leg.disconnectedMs - leg.connectedMs) / 1000);
}

/** The body of the session summary; the legs must have ended. */
export function sessionSummaryBody(session: VoiceSession): JsonObject {
  const legs = [...session.legs].reverse().map((leg) => [leg.name, legSummary(session, leg)]);
  return {
    payload: {
      sessionId: session.sessionId,
      subAccountId: session.subAccount.id,
      sessionStatus: session.status,
      startTime: isoSeconds(session.startedMs),
      endTime: isoSeconds(session.nowMs),
      lastAction: session.lastAction,
      callCount: session.legs.length,
      ...errorFields(session),
      details: Object.fromEntries(legs),
    },
    namespace: 'VOICE',
    eventType: 'SESSION_SUMMARY',
    description: 'Summary of a completed call session',
  };
}

function errorFields({ error }: VoiceSession): JsonObject {
  return error === undefined ? {} : { errorDetails: { errorMsg: error.message, errorCode: error.code } };
}

/** How a connected leg sounded; the same whenever it is asked for. */
export function qualityOf(session: VoiceSession, leg: Leg) {
  const quality = createRandom(session.seed, 'quality', leg.name);
  return {
    mos: Math.round(quality.between(3.8, 4.6) * 10) / 10,
    packetLossRate: Math.round(quality.between(0, 0.01) * 1000) / 1000,
    jitter: 10 + quality.integerBelow(15),
  };
}

function legSummary(session: VoiceSession, leg: Leg): JsonObject {
  return {
    callId: leg.callId,
    callDirection: leg.direction,
    callType: 'PSTN',
    initiatedTimestamp: isoSeconds(leg.initiatedMs),
    ...(leg.connectedMs === undefined ? {} : { connectedTimestamp: isoSeconds(leg.connectedMs) }),
    disconnectedTimestamp: isoSeconds(leg.disconnectedMs ?? session.nowMs),
    ...partyFields(session.subAccount, leg),
    callStatus: leg.status,
    callDuration: connectedSeconds(leg),
    ...(leg.connectedMs === undefined ? {} : { callQuality: qualityOf(session, leg) }),
  };
}

/** The body that reports an uploaded recording; `filePath` is the path as the platform names it, not the key. */
export function recordingUploadedBody(
  session: VoiceSession,
  recording: Recording,
  filePath: string,
): JsonObject {
  return {
    namespace: 'VOICE',
    eventType: 'CALL_RECORDING_STATUS',
    description: 'Call recording status updated',
    payload: {
      sessionId: session.sessionId,
      recordingId: recording.recordingId,
      durationSeconds: recording.durationSeconds,
      filePath,
      status: 'UPLOAD_COMPLETED',
    },
  };
}

/** The body that reports the number pool. */
export function numbersUpdatedBody(
  subAccount: SubAccount,
  updateEventType: 'SNAPSHOT' | 'UPDATES',
  listed: readonly VirtualNumber[],
  updated: ReadonlySet<VirtualNumber>,
): JsonObject {
  return {
    namespace: 'VOICE',
    eventType: 'VIRTUAL_NUMBER_UPDATE',
    description: 'Status of account virtual number(s) updated',
    payload: {
      subAccountId: subAccount.id,
      totalNumbers: subAccount.numbers.size,
      updateEventType,
      virtualNumbers: listed.map((number) => ({
        msisdn: number.msisdn,
        updatedTimestamp: isoMilliseconds(number.updatedMs),
        countryCode: number.countryCode,
        operationalStatus: number.operationalStatus satisfies OperationalStatus,
        referenceId: number.referenceId,
        ...tariff,
        updateStatus: updated.has(number) ? 'UPDATED' : 'NO_CHANGE',
      })),
    },
  };
}
