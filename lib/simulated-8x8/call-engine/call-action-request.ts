import { CallflowViolation, checkCallflow } from '../callflow-rules.ts';
import type { CallAction } from '../model/callflow-actions.ts';
import { drawFate, type Fate } from '../model/faults.ts';
import { type SessionErrorCode, SessionFailure } from '../model/session-errors.ts';
import { enabledWebhooks, type WebhookRegistration } from '../model/sub-account.ts';
import type { Leg, VoiceSession } from '../model/voice-session.ts';
import { isJsonObject, type JsonObject } from '../model/webhook-types.ts';
import type { Platform } from '../platform.ts';
import { toExchange } from '../webhooks/deliveries.ts';
import { applyVariations } from '../webhooks/payload-variations.ts';
import { type PostOutcome, postWebhook } from '../webhooks/post-webhook.ts';
import { type CallActionStatus, callActionBody } from '../webhooks/webhook-bodies.ts';
import { advance } from './session-timeline.ts';

/** Why a call action is asked for. */
export interface CallActionOccasion {
  readonly leg: Leg;
  readonly callStatus: CallActionStatus;
  /** The digits of a capture, null when it failed; undefined when the occasion is another. */
  readonly dtmf: string | null | undefined;
  /** Whether the bridged call is over, so that there may be nothing left to do. */
  readonly afterBridge: boolean;
}

/**
 * Asks the VCA webhook what to do, checks the answer strictly and gives its callflow.
 * @throws SessionFailure -2002 when there is no answer, -2003 (or -2009) when it is not one the platform could play.
 */
export async function askForCallflow(
  platform: Platform,
  session: VoiceSession,
  occasion: CallActionOccasion,
): Promise<CallAction[]> {
  const [webhook] = enabledWebhooks(session.subAccount, 'VCA');
  if (webhook === undefined) throw new SessionFailure(-2002, 'no enabled VCA webhook is registered');
  const fate = drawFate(session.faults, session.seed, 'VCA', session.callActionCount);
  session.callActionCount += 1;
  advance(session, fate.delayMs);
  const body = applyVariations(
    callActionBody(session, occasion.leg, occasion.callStatus, occasion.dtmf),
    session.variations,
  );

  const outcome = await post(platform, webhook, body, fate);
  const verdict = judge(session, outcome, occasion);
  noteExchange(session, body, outcome, 1, verdict.problem);
  // The same request again, with the same event id: its answer is judged, but the first one counts.
  if (fate.duplicated && !fate.dropped) {
    const repeated = await post(platform, webhook, body, fate);
    noteExchange(session, body, repeated, 2, judge(session, repeated, occasion).problem);
  }

  if (verdict.problem !== null) throw new SessionFailure(verdict.code, verdict.problem);
  session.clientActionId = verdict.clientActionId;
  return verdict.callflow;
}

async function post(
  platform: Platform,
  webhook: WebhookRegistration,
  body: JsonObject,
  fate: Fate,
): Promise<PostOutcome> {
  if (fate.dropped) {
    return { kind: 'unreachable', problem: 'the request was lost (drop fault)', milliseconds: fate.slowMs };
  }
  return postWebhook(webhook, body, platform.run.delivery, fate.slowMs, platform.stopping.signal);
}

function noteExchange(
  session: VoiceSession,
  body: JsonObject,
  outcome: PostOutcome,
  attempt: number,
  problem: string | null,
): void {
  session.exchanges.push(toExchange('VCA', body, outcome, { atMs: session.nowMs, attempt, problem }));
}

type Verdict =
  | { readonly problem: null; readonly callflow: CallAction[]; readonly clientActionId: string | undefined }
  | { readonly problem: string; readonly code: SessionErrorCode };

function judge(session: VoiceSession, outcome: PostOutcome, { afterBridge }: CallActionOccasion): Verdict {
  if (outcome.kind === 'too-long') return { problem: outcome.problem, code: -2003 };
  if (outcome.kind !== 'answered') return { problem: outcome.problem, code: -2002 };
  if (outcome.status !== 200) return { problem: `answered ${outcome.status} instead of 200`, code: -2003 };
  try {
    return { problem: null, ...readAnswer(session, outcome.text, afterBridge) };
  } catch (error) {
    if (!(error instanceof CallflowViolation)) throw error;
    const isScenario = error.code === -1019 || error.code === -1020;
    return { problem: `${error.message} (${error.code}, ${error.path})`, code: isScenario ? -2009 : -2003 };
  }
}

/** Reads `{ clientActionId?, callflow }`, strict JSON and nothing else. */
function readAnswer(
  session: VoiceSession,
  text: string,
  afterBridge: boolean,
): { callflow: CallAction[]; clientActionId: string | undefined } {
  const answer = parseObject(text);
  const { clientActionId, callflow, ...unknownFields } = answer;
  const [unknownField] = Object.keys(unknownFields);
  if (unknownField !== undefined) {
    throw new CallflowViolation(
      -1009,
      `$.${unknownField}`,
      `Invalid callflow: unknown field $.${unknownField}`,
    );
  }
  if (clientActionId !== undefined && typeof clientActionId !== 'string') {
    throw new CallflowViolation(
      -1009,
      '$.clientActionId',
      'Invalid callflow: $.clientActionId must be a text',
    );
  }
  const actions = checkCallflow(callflow, {
    usage: 'answer',
    legsInUse: session.legs.length,
    mayBeEmpty: afterBridge,
    playsSamples: session.variations.sampleCallflows === 'played',
  });
  return { callflow: actions, clientActionId };
}

function parseObject(text: string): JsonObject {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new CallflowViolation(-1001, '$', 'The answer is not valid JSON');
  }
  if (!isJsonObject(answer)) throw new CallflowViolation(-1001, '$', 'The answer is not a JSON object');
  return answer;
}
