import * as z from 'zod';
import { sessionOutcomes } from '../shared/domain/session.ts';
import { presentedTime } from './values.ts';

/** The schemas of what `session-presentation.ts` makes: null stands for what is not known. */

const text = z.string().nullable();
const time = presentedTime.nullable();
const count = z.number().nullable();

export const presentedRecording = z
  .object({
    recordingId: z.string(),
    status: text.describe("8x8's word for what became of the recording."),
    startedAt: time,
    durationSeconds: count,
    key: text.describe('Where the object lies in the bucket; null until it was seen there.'),
    sizeBytes: count,
    verified: z.boolean().describe('Whether the object was seen in the bucket.'),
  })
  .meta({ id: 'Recording' });

/** A recording as the API shows it. */
export type PresentedRecording = z.output<typeof presentedRecording>;

const quality = z
  .object({
    mos: count.describe('How good it sounded, from 1 to 5.'),
    packetLossRate: count,
    jitterMs: count,
  })
  .meta({ id: 'CallQuality' });

const leg = z
  .object({
    leg: z.enum(['A', 'B']).describe('A is the one who called, B the one who was rung.'),
    direction: text,
    callId: text,
    status: text,
    source: text,
    destination: text,
    initiatedAt: time,
    connectedAt: time,
    disconnectedAt: time,
    durationSeconds: count,
    quality: quality.nullable(),
  })
  .meta({ id: 'CallLeg' });

const sessionEvent = z
  .object({ eventId: z.string(), status: z.string(), direction: text, at: time })
  .meta({ id: 'SessionEvent', description: 'A call status event, as 8x8 sent it.' });

const decision = z
  .object({
    kind: z.string(),
    reason: z.string().describe('Why, in a sentence.'),
    lookedUp: z.string().describe('What was looked up, in a sentence.'),
    answered: z.string().describe('What was done then, in a sentence.'),
    eventId: z.string(),
    bookingId: text,
    at: presentedTime,
  })
  .meta({ id: 'Decision', description: 'Where the call was sent, and why.' });

const conversationStep = z
  .object({
    kind: z.string(),
    words: z.string().describe('What the caller did and where it led.'),
    eventId: z.string(),
    at: presentedTime,
  })
  .meta({ id: 'ConversationStep', description: 'A step of a conversation with the caller.' });

const sessionError = z
  .object({ code: z.number(), meaning: z.string(), advice: z.string() })
  .meta({ id: 'SessionError', description: 'The error with which 8x8 ended the call.' });

export const presentedSession = z
  .object({
    sessionId: z.string(),
    bookingId: text,
    status: z.string(),
    outcome: z.enum(sessionOutcomes),
    reachedCallee: z.boolean(),
    startedAt: time,
    endedAt: time,
    durationSeconds: count,
    legs: z.array(leg),
    events: z.array(sessionEvent),
    decision: decision.nullable(),
    conversation: z.array(conversationStep).optional().describe('Absent where there was none.'),
    error: sessionError.nullable(),
    recordings: z.array(presentedRecording),
  })
  .meta({ id: 'Session' });

/** A session as the API shows it: times in RFC 3339 UTC, phone numbers in E.164. */
export type PresentedSession = z.output<typeof presentedSession>;

const seconds = z.int().min(0);

const cost = z.object({ amount: z.number().min(0), currency: z.string() }).meta({ id: 'Cost' });

export const presentedTotals = z
  .object({
    sessions: z.int().min(0),
    outcomes: z.record(z.enum(sessionOutcomes), z.int().min(0)).describe('How many calls ended how.'),
    talkSeconds: seconds.describe('How long the two parties were connected.'),
    inboundLegSeconds: seconds.describe('Time for which callers were connected with 8x8, which bills it.'),
    outboundLegSeconds: seconds.describe(
      'Time for which those rung were connected with 8x8, which bills it.',
    ),
    estimatedCost: cost
      .nullable()
      .describe(
        '8x8 names no price in its events: this is what the legs cost at the prices of the deployment; null without any.',
      ),
  })
  .meta({
    id: 'BookingTotals',
    description: 'All calls of the booking together, whatever page is shown; they follow within a second.',
  });
