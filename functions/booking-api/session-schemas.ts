import * as z from 'zod';
import { sessionOutcomes } from '../shared/domain/session.ts';

/** The schemas of what `session-presentation.ts` makes: null stands for what is not known. */

const text = z.string().nullable();
const count = z.number().nullable();

export const presentedRecording = z
  .object({
    recordingId: z.string(),
    status: text,
    startedAt: text,
    durationSeconds: count,
    key: text.describe('Where the object lies in the bucket; null until it was seen there.'),
    sizeBytes: count,
    verified: z.boolean(),
  })
  .meta({ id: 'Recording' });

const leg = z
  .object({
    leg: z.enum(['A', 'B']),
    direction: text,
    callId: text,
    status: text,
    source: text,
    destination: text,
    initiatedAt: text,
    connectedAt: text,
    disconnectedAt: text,
    durationSeconds: count,
    quality: z.object({ mos: count, packetLossRate: count, jitterMs: count }).nullable(),
  })
  .meta({ id: 'Leg' });

export const presentedSession = z
  .object({
    sessionId: z.string(),
    bookingId: text,
    status: z.string(),
    outcome: z.enum(sessionOutcomes),
    reachedCallee: z.boolean(),
    startedAt: text,
    endedAt: text,
    durationSeconds: count,
    legs: z.array(leg),
    events: z.array(z.object({ eventId: z.string(), status: z.string(), direction: text, at: text })),
    decision: z
      .object({
        kind: z.string(),
        reason: z.string(),
        lookedUp: z.string(),
        answered: z.string(),
        eventId: z.string(),
        bookingId: text,
        at: z.string(),
      })
      .nullable(),
    error: z.object({ code: z.number(), meaning: z.string(), advice: z.string() }).nullable(),
    recordings: z.array(presentedRecording),
  })
  .meta({ id: 'Session' });

const seconds = z.int().min(0);

export const presentedTotals = z
  .object({
    sessions: z.int().min(0),
    outcomes: z.record(z.enum(sessionOutcomes), z.int().min(0)).describe('How many calls ended how.'),
    talkSeconds: seconds.describe('How long the two parties were connected.'),
    inboundLegSeconds: seconds.describe('Time for which callers were connected with 8x8, which bills it.'),
    outboundLegSeconds: seconds.describe(
      'Time for which those rung were connected with 8x8, which bills it.',
    ),
    estimatedCost: z
      .object({ amount: z.number().min(0), currency: z.string() })
      .nullable()
      .describe(
        '8x8 names no price in its events: this is what the legs cost at the prices of the deployment; null without any.',
      ),
  })
  .meta({
    id: 'BookingTotals',
    description: 'All calls of the booking together, whatever page is shown; they follow within a second.',
  });
