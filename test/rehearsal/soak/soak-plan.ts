import type { Random } from '../../../functions/shared/domain/allocation.ts';
import type { PhoneNumber } from '../../../functions/shared/domain/phone-number.ts';
import { NOON_MS } from '../../support/bookings.ts';
import { type CallStory, callBodies } from './masked-call.ts';
import { type ExpectedNumber, planNumberUpdates } from './number-updates.ts';
import type { BookedPair } from './soak-bookings.ts';
import type { WebhookName } from './webhook-station.ts';

/** A webhook on its way. */
export interface Delivery {
  readonly webhook: WebhookName;
  readonly body: string;
  /** For a call action: the one person to whom the caller may be connected. */
  readonly callee?: string;
}

/** What the record must say of a session in the end, worked out from the story alone. */
export interface ExpectedSession {
  readonly sessionId: string;
  readonly bookingId: string;
  readonly outcome: 'answered' | 'missed';
  readonly durationSeconds: number;
  /** The ids of its events, in the order in which they happened. */
  readonly eventIds: readonly string[];
  readonly recordingIds: readonly string[];
  readonly legs: readonly (readonly [caller: string, callee: string])[];
  /** Whether it was asked what to do with the call. */
  readonly isDecided: boolean;
}

export interface SoakPlan {
  readonly deliveries: readonly Delivery[];
  readonly sessions: readonly ExpectedSession[];
  readonly numbers: readonly ExpectedNumber[];
  readonly distinct: number;
  readonly repeated: number;
}

export interface SoakPlanOptions {
  readonly webhooks: number;
  /** Which part of the webhooks repeats another, 0 to 1. */
  readonly repeatedShare: number;
  readonly pairs: readonly BookedPair[];
  /** The pool, of which updates are told. */
  readonly virtualNumbers: readonly PhoneNumber[];
  readonly random: Random;
}

/** Which part of the webhooks tells of virtual numbers. */
const NUMBER_SHARE = 0.01;
const ANSWERED_SHARE = 0.8;
const LONGEST_TALK_SECONDS = 600;
const SPAN_SECONDS = 3000;

/** Writes down calls and updates of numbers until they are enough, repeats some of them, and shuffles all. */
export function planSoak(options: SoakPlanOptions): SoakPlan {
  const { webhooks, repeatedShare, pairs, virtualNumbers, random } = options;
  const distinctWanted = Math.round(webhooks * (1 - repeatedShare));
  const count = Math.ceil(distinctWanted * NUMBER_SHARE);
  const updates = planNumberUpdates({ count, virtualNumbers, firstAtMs: NOON_MS, random });
  const deliveries = updates.bodies.map((body) => deliver('number-updated', body));
  const sessions: ExpectedSession[] = [];
  while (deliveries.length < distinctWanted) {
    const pair = pairs[Math.floor(random() * pairs.length)];
    if (pair === undefined) throw new Error('A soak needs a pair of people at least.');
    const { told, expected } = tellCall(`session-${sessions.length}`, pair, random);
    deliveries.push(...told);
    sessions.push(expected);
  }
  const distinct = deliveries.length;
  const repeated = Math.max(webhooks - distinct, 0);
  for (let n = 0; n < repeated; n += 1) {
    const again = deliveries[Math.floor(random() * distinct)];
    if (again !== undefined) deliveries.push(again);
  }
  const numbers = updates.expected;
  return { deliveries: shuffled(deliveries, random), sessions, numbers, distinct, repeated };
}

function tellCall(sessionId: string, pair: BookedPair, random: Random) {
  const fromFirst = random() < 0.5;
  const caller = pair.parties[fromFirst ? 0 : 1].reveal();
  const callee = pair.parties[fromFirst ? 1 : 0].reveal();
  const virtualNumber = pair.virtualNumber.reveal();
  const isAnswered = random() < ANSWERED_SHARE;
  const story: CallStory = {
    sessionId,
    caller,
    callee,
    virtualNumber,
    atMs: pair.bookedAtMs + 2000 + Math.floor(random() * SPAN_SECONDS) * 1000,
    talkSeconds: isAnswered ? 1 + Math.floor(random() * LONGEST_TALK_SECONDS) : 0,
  };
  const { callAction, statuses, summary, recording } = callBodies(story);
  const told: Delivery[] = [
    ...(pair.isLive ? [{ ...deliver('call-action', callAction), callee }] : []),
    ...statuses.map((body) => deliver('call-status', body)),
    deliver('session-summary', summary),
    ...(recording === undefined ? [] : [deliver('recording-uploaded', recording)]),
  ];
  const events = ['a-CALL_RECEIVED', 'b-CALL_INITIATED', 'b-CALL_CONNECTED', 'b-CALL_DISCONNECTED'];
  const happened = [...events, 'a-CALL_DISCONNECTED'].filter(
    (event) => isAnswered || event !== 'b-CALL_CONNECTED',
  );
  const expected: ExpectedSession = {
    sessionId,
    bookingId: pair.bookingId,
    outcome: isAnswered ? 'answered' : 'missed',
    durationSeconds: story.talkSeconds,
    eventIds: happened.map((event) => `${sessionId}-${event}`),
    recordingIds: isAnswered ? [`${sessionId}-recording`] : [],
    legs: [
      [caller, virtualNumber],
      [virtualNumber, callee],
    ],
    isDecided: pair.isLive,
  };
  return { told, expected };
}

const deliver = (webhook: WebhookName, body: object): Delivery => ({ webhook, body: JSON.stringify(body) });

function shuffled<T>(all: readonly T[], random: Random): T[] {
  const result = [...all];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const pick = Math.floor(random() * (last + 1));
    [result[last], result[pick]] = [result[pick] as T, result[last] as T];
  }
  return result;
}
