import { makeCall, type OutboundCallflow, outboundCallflow } from '../domain/callflow.ts';
import { beginDialogue, outboundCallflowOf, type Turn } from '../domain/dialogue/dialogue.ts';
import type { Menu } from '../domain/dialogue/menu.ts';
import { classRefusal, defaultNumberRules, type NumberRules } from '../domain/number-class.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import { numbersNotAllowed, ProblemError } from '../domain/problems.ts';
import type { Logger } from '../observability/logger.ts';
import type { BlocklistStore } from '../ports/blocklist.ts';
import type { SessionRecorder } from '../ports/call-record.ts';
import type { AcceptedCallflow, CallflowSender } from '../ports/eight-by-eight-account.ts';
import type { OutboundDialogue, OutboundDialogues } from '../ports/outbound-dialogues.ts';

export interface CallWithMenuDependencies {
  readonly blocklist: Pick<BlocklistStore, 'find'>;
  readonly sender: CallflowSender;
  readonly outboundDialogues: OutboundDialogues;
  readonly recorder: SessionRecorder;
  readonly logger: Logger;
  /** Which numbers may be called. */
  readonly rules?: { readonly numbers?: NumberRules };
  readonly nowMs: () => number;
}

/** Nobody expects a call any more that was asked for a minute ago. */
const CALLFLOW_LIFE_MS = 60_000;

/**
 * Rings somebody and leads them through a menu.
 *
 * @returns the id of the session.
 * @throws ProblemError PHONE_NUMBER_BLOCKED, PHONE_NUMBER_NOT_ALLOWED; INVALID_REQUEST for a menu that begins by connecting the caller's own
 * booking or a queue; EightByEightError.
 */
export async function callWithMenu(
  menu: Menu,
  { to, from }: { readonly to: PhoneNumber; readonly from: PhoneNumber },
  deps: CallWithMenuDependencies,
): Promise<string> {
  const { blocklist, sender, nowMs } = deps;
  const refusal = classRefusal(to, deps.rules?.numbers ?? defaultNumberRules);
  if (refusal !== undefined) throw numbersNotAllowed([{ path: 'to', message: refusal }]);
  if ((await blocklist.find(to)) !== undefined) {
    throw new ProblemError(
      'PHONE_NUMBER_BLOCKED',
      'The number is on the blocklist. Remove the block to call.',
      {
        issues: [{ path: 'to', message: 'is on the blocklist' }],
      },
    );
  }
  const turn = beginDialogue(menu, nowMs());
  if (turn.kind === 'ask') {
    await deps.outboundDialogues.prepare({ from, to }, { menu, state: turn.state }, nowMs());
  }
  const call = await sender.sendCallflow(outboundOf(turn, to, from, nowMs()));
  if (turn.kind === 'ask') await keepDialogue(call.sessionId, { menu, state: turn.state }, deps);
  await attach(call, turn, deps);
  return call.sessionId;
}

/** The phone rings already, and what was prepared serves as well: a failure must not look like a call that failed. */
async function keepDialogue(
  sessionId: string,
  dialogue: OutboundDialogue,
  { outboundDialogues, logger, nowMs }: CallWithMenuDependencies,
): Promise<void> {
  try {
    await outboundDialogues.keep(sessionId, dialogue, nowMs());
  } catch (error) {
    logger.error('MENU_CALL_NOT_KEPT', error, { sessionId });
  }
}

function outboundOf(turn: Turn, to: PhoneNumber, from: PhoneNumber, nowMs: number): OutboundCallflow {
  const dial = makeCall({ source: from, destination: to });
  const options = { validUntilMs: nowMs + CALLFLOW_LIFE_MS };
  if (turn.kind === 'ask' || turn.kind === 'end') return outboundCallflowOf(dial, turn, options);
  if (turn.kind === 'connect' && turn.target.kind === 'phone-number') {
    const onwards = makeCall({ source: from, destination: turn.target.phoneNumber });
    return outboundCallflow([dial, ...turn.spoken, onwards], options);
  }
  throw new ProblemError('INVALID_REQUEST', 'The menu cannot begin a call of ours.', {
    issues: [
      { path: 'menuId', message: 'must be a menu that begins with a text, a question or a phone number' },
    ],
  });
}

/** A record that cannot be written now must not look like a call that failed. */
async function attach(
  { sessionId, callFlowRequestId }: AcceptedCallflow,
  { trail }: Turn,
  { recorder, logger, nowMs }: Pick<CallWithMenuDependencies, 'recorder' | 'logger' | 'nowMs'>,
): Promise<void> {
  const atMs = nowMs();
  const eventId = callFlowRequestId ?? sessionId;
  const decision = { eventId, kind: 'menu-call', bookingId: undefined, atMs, words: trail.join(', ') };
  try {
    await recorder.record(sessionId, { kind: 'decision', decision }, { receivedAtMs: atMs });
  } catch (error) {
    logger.error('MENU_CALL_NOT_RECORDED', error, { sessionId });
  }
}
