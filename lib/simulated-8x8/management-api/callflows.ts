import * as z from 'zod';
import { openOutboundSession, playOutboundSession } from '../call-engine/session-run.ts';
import { type CallflowCode, CallflowViolation, checkCallflow } from '../callflow-rules.ts';
import { enabledWebhooks, type SubAccount } from '../model/sub-account.ts';
import { isJsonObject } from '../model/webhook-types.ts';
import { inBackground, type Platform, platformUuid } from '../platform.ts';
import { callflowError, rejectedCallflow } from './answers.ts';
import type { Operation } from './operations.ts';

/** Codes that are answered with 400; the others with 422. */
const badRequestCodes: readonly CallflowCode[] = [-1001, -1007];

const validUntilSchema = z.iso.datetime({ offset: true });

/** POST /callflows. The session is played once the answer has left, as on the real platform. */
export const callflowOperations: readonly Operation[] = [
  {
    method: 'POST',
    path: '/callflows',
    summary: 'Start an outbound callflow',
    errorForm: callflowError,
    handle(platform, subAccount, { body }) {
      try {
        return start(platform, subAccount, body);
      } catch (error) {
        if (!(error instanceof CallflowViolation)) throw error;
        const status = badRequestCodes.includes(error.code) ? 400 : 422;
        return rejectedCallflow(platform, status, error.code, error.message);
      }
    },
  },
];

function start(platform: Platform, subAccount: SubAccount, body: string) {
  const { validUntil, callflow } = readRequest(platform, subAccount, body);
  const script = platform.run.outbound;
  const session = openOutboundSession(platform, subAccount, script);
  return {
    status: 200,
    json: {
      sessionId: session.sessionId,
      sessionStatus: 'CREATED',
      callFlowRequestId: platformUuid(platform),
      ...(validUntil === undefined ? {} : { validUntil }),
      statusCode: 1,
      statusMessage: 'Created',
    },
    afterwards: () =>
      inBackground(
        platform,
        playOutboundSession(platform, session, callflow, {
          queueSeconds: script.queueSeconds,
          validUntilMs: validUntil === undefined ? Number.POSITIVE_INFINITY : Date.parse(validUntil),
        }),
      ),
  };
}

function readRequest(platform: Platform, subAccount: SubAccount, body: string) {
  const request = parse(body);
  const validUntil = readValidUntil(request.validUntil);
  if (validUntil !== undefined && Date.parse(validUntil) <= platform.clock.nowMs()) {
    throw new CallflowViolation(-1015, '$.validUntil', 'The validity period has expired');
  }
  const callflow = checkCallflow(request.callflow, {
    usage: 'request',
    hasCallActionWebhook: enabledWebhooks(subAccount, 'VCA').length > 0,
    isVoiceProfile: (code) =>
      subAccount.speechProfiles.some(({ speechProfileCode }) => speechProfileCode === code),
    isOwnNumber: (e164) => subAccount.numbers.has(e164),
    playsSamples: platform.run.variations.sampleCallflows === 'played',
  });
  return { validUntil, callflow };
}

function parse(body: string) {
  let request: unknown;
  try {
    request = JSON.parse(body);
  } catch {
    throw new CallflowViolation(-1001, '$', 'Invalid JSON request body');
  }
  if (!isJsonObject(request)) throw new CallflowViolation(-1001, '$', 'Invalid JSON request body');
  return request;
}

function readValidUntil(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const result = validUntilSchema.safeParse(value);
  if (result.success) return result.data;
  throw new CallflowViolation(
    -1009,
    '$.validUntil',
    'Invalid callflow entry: $.validUntil must be a UTC time such as 2026-02-16T09:00:00.000Z',
  );
}
