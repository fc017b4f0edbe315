import { type Variations, withheldCallers } from '../model/variations.ts';
import { isJsonObject, type JsonObject } from '../model/webhook-types.ts';

/** What one page of the documentation calls the moments of a call. */
const bareStatuses: ReadonlyMap<unknown, string> = new Map([
  ['CALL_INITIATED', 'RINGING'],
  ['CALL_RECEIVED', 'RINGING'],
  ['CALL_CONNECTED', 'ANSWERED'],
  ['CALL_DISCONNECTED', 'COMPLETED'],
]);

/** A field of a webhook body, changed in name or value. */
type FieldChange = (field: string, value: unknown) => readonly [string, unknown];

/** Gives the body of a webhook the shape that this account would send. */
export function applyVariations(body: JsonObject, variations: Variations): JsonObject {
  const payload = isJsonObject(body.payload) ? body.payload : {};
  if (body.eventType === 'CALL_STATUS' && variations.callStatusEvents === 'bare') {
    return { status: bareStatuses.get(payload.callStatus) ?? payload.callStatus };
  }
  const shaped = changeFields(shapePayload(payload, body.eventType, variations), (field, value) =>
    changeField(field, value, variations),
  );
  const root = { ...body, ...rootFields(body.eventType, variations) };
  return orderKeys({ ...root, payload: shaped }, variations);
}

function changeFields(value: JsonObject, change: FieldChange): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => change(field, changeInside(inner, change))),
  );
}

function changeInside(value: unknown, change: FieldChange): unknown {
  if (Array.isArray(value)) return value.map((element: unknown) => changeInside(element, change));
  return isJsonObject(value) ? changeFields(value, change) : value;
}

function changeField(field: string, value: unknown, variations: Variations): readonly [string, unknown] {
  switch (field) {
    case 'callA':
    case 'callB':
      return [variations.legKeys === 'callA' ? field : field.replace('call', 'Call'), value];
    case 'callStatus':
      return [field, spellStatus(value, variations)];
    case 'sessionStatus':
      return [field, spellSessionStatus(value, variations)];
    case 'errorCode':
    case 'callDuration':
      return [field, variations.numbers === 'string' ? String(value) : value];
    case 'source':
    case 'destination':
    case 'msisdn':
      return [field, variations.plusSign === 'without' ? without(value, /^\+/) : value];
    case 'timestamp':
    case 'updatedTimestamp':
      return [field, variations.timestamps === 'seconds' ? without(value, /\.\d{3}(?=Z$)/) : value];
    case 'sourceCountryCode':
    case 'destinationCountryCode':
      return [field, variations.countryCodes === 'null' ? null : value];
    case 'lastAction':
      return [field, spellLastAction(String(value), variations)];
    default:
      return [field, value];
  }
}

function without(value: unknown, part: RegExp): unknown {
  return typeof value === 'string' ? value.replace(part, '') : value;
}

function spellStatus(status: unknown, { noAnswer, cancelled }: Variations): unknown {
  if (status === 'NO_ANSWER') return noAnswer;
  return status === 'CANCELED' ? cancelled : status;
}

function spellSessionStatus(status: unknown, variations: Variations): unknown {
  const isUnreached = status === 'NO_ANSWER' || status === 'BUSY';
  return isUnreached && variations.unreached === 'FAILED' ? 'FAILED' : spellStatus(status, variations);
}

function spellLastAction(action: string, { lastAction: style }: Variations): string {
  if (style === 'PLAY_TTS') return action === 'SAY' ? 'PLAY_TTS' : action;
  if (style === 'MAKE_CALL') return action;
  const pascalCase = action
    .toLowerCase()
    .replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return style === 'MakeCall' ? pascalCase : pascalCase.charAt(0).toLowerCase() + pascalCase.slice(1);
}

/** The changes that concern several fields of a payload at once. */
function shapePayload(payload: JsonObject, eventType: unknown, variations: Variations): JsonObject {
  const withExtras =
    variations.unknownFields === 'none' ? payload : { ...payload, carrier: { name: 'Example Telecom' } };
  switch (eventType) {
    case 'CALL_ACTION':
      return shapeDtmf(shapeLeg(withExtras, variations), variations);
    case 'CALL_STATUS':
      return shapeLeg(withExtras, variations);
    case 'SESSION_SUMMARY':
      return shapeSummary(withExtras, variations);
    default:
      return withExtras;
  }
}

function shapeDtmf(payload: JsonObject, { dtmf: shape }: Variations): JsonObject {
  const { eventData, ...rest } = payload;
  if (!isJsonObject(eventData) || shape === 'event-data-object') return payload;
  if (shape === 'event-data-string') return { ...rest, eventData: eventData.dtmf };
  return { ...rest, callStatus: 'DTMF_RECEIVED', dtmf: eventData.dtmf };
}

/** A leg or an event about one: who is at its ends, and by which reference. */
function shapeLeg(leg: JsonObject, variations: Variations): JsonObject {
  const { sourceRefId, destinationRefId, ...rest } = leg;
  const { source, ...withoutSource } = rest;
  const isWithheld = withheldCallers.some((form) => form === source);
  const hidden = isWithheld && variations.withheldSource === 'absent';
  return {
    ...(hidden ? withoutSource : rest),
    ...shapeReferenceIds(sourceRefId, destinationRefId, variations.referenceIds),
  };
}

function shapeReferenceIds(
  sourceRefId: unknown,
  destinationRefId: unknown,
  shape: Variations['referenceIds'],
): JsonObject {
  const range = sourceRefId ?? destinationRefId;
  const outbound = sourceRefId !== undefined;
  switch (shape) {
    case 'documented':
      return outbound ? { sourceRefId: range } : { destinationRefId: range };
    case 'absent':
      return {};
    case 'unused-null':
      return { sourceRefId: sourceRefId ?? null, destinationRefId: destinationRefId ?? null };
    case 'both-null':
      return { sourceRefId: null, destinationRefId: null };
    case 'text-null':
      return { sourceRefId: sourceRefId ?? 'null', destinationRefId: destinationRefId ?? 'null' };
    case 'capitalised':
      return outbound ? { SourceRefId: range } : { DestinationRefId: range };
    case 'reversed':
      return outbound ? { destinationRefId: range } : { sourceRefId: range };
  }
}

function shapeSummary(payload: JsonObject, variations: Variations): JsonObject {
  const { details, errorDetails, ...rest } = payload;
  const legs = isJsonObject(details) ? Object.entries(details) : [];
  const ordered = variations.legOrder === 'callA-first' ? legs.reverse() : legs;
  return {
    ...rest,
    ...(variations.envelopeVersion === 'present' ? { clientRequestId: 'survey-7731' } : {}),
    ...(isJsonObject(errorDetails) ? { errorDetails: shapeError(errorDetails, payload, variations) } : {}),
    details: Object.fromEntries(
      ordered.map(([name, leg]) => [name, isJsonObject(leg) ? shapeLegSummary(leg, variations) : leg]),
    ),
  };
}

function shapeLegSummary(leg: JsonObject, variations: Variations): JsonObject {
  const { callStatus, callDuration } = leg;
  const shorter =
    variations.durations === 'one-second-less' && typeof callDuration === 'number' && callDuration > 0;
  return {
    ...shapeLeg(leg, variations),
    callStatus: callStatus === 'ERROR' ? variations.errorLegStatus : callStatus,
    callDuration: shorter ? callDuration - 1 : callDuration,
  };
}

function shapeError(errorDetails: JsonObject, payload: JsonObject, variations: Variations): JsonObject {
  const { errorCode, ...rest } = errorDetails;
  return {
    ...(variations.errorDetails === 'captured'
      ? { callFlowRequestId: payload.sessionId, action: payload.lastAction }
      : {}),
    ...rest,
    errorCode: errorCode === -2004 ? Number(variations.noCoverageCode) : errorCode,
  };
}

function rootFields(eventType: unknown, variations: Variations): JsonObject {
  return {
    ...(variations.unknownFields === 'present' ? { traceId: '4bf92f3577b34da6' } : {}),
    ...(variations.envelopeVersion === 'present' && eventType === 'SESSION_SUMMARY' ? { version: 5 } : {}),
  };
}

function orderKeys(body: JsonObject, { keyOrder }: Variations): JsonObject {
  const { payload, ...envelope } = body;
  if (keyOrder === 'payload-first') return { payload, ...envelope };
  if (keyOrder === 'envelope-first') return { ...envelope, payload };
  return body;
}
