import * as z from 'zod';
import { faultsSchema } from './faults.ts';
import { partialVariationsSchema } from './variations.ts';
import { type CallScript, type KeyEntry, recordingOutcomes } from './voice-session.ts';

const LONGEST_CALL_SECONDS = 86_400;
const LONGEST_CALLER = 128;
const USUAL_TALK_SECONDS = 30;
/** A person finds the first key within a second and then types three a second. */
const USUAL_FIRST_KEY_MS = 1_000;
const USUAL_KEY_GAP_MS = 300;

const seconds = z.number().min(0).max(LONGEST_CALL_SECONDS);
const milliseconds = z
  .number()
  .min(0)
  .max(LONGEST_CALL_SECONDS * 1000);
const keys = z.string().regex(/^[0-9*#]*$/, 'keys are digits, * and #');
const answer = z.enum(['answered', 'busy', 'no-answer', 'failed', 'cancelled']);

const keyEntry = z.union([
  keys.nullable(),
  z.strictObject({
    keys,
    firstAfterMs: milliseconds.default(USUAL_FIRST_KEY_MS),
    gapMs: milliseconds.default(USUAL_KEY_GAP_MS),
  }),
]);

const scriptFields = {
  talkSeconds: seconds.default(USUAL_TALK_SECONDS),
  /** When the first party hangs up by itself, counted from the start of the call. */
  hangUpAfterSeconds: seconds.optional(),
  /** What is keyed in, one entry per prompt; null or an empty text is silence. */
  dtmf: z.array(keyEntry).max(1_000).default([]),
  failedDownloads: z.array(z.string()).default([]),
  /** A platform error that strikes when its moment comes. */
  platformError: z
    .union([
      z.literal(-2001),
      z.literal(-2002),
      z.literal(-2004),
      z.literal(-2005),
      z.literal(-2006),
      z.literal(-2007),
      z.literal(-2008),
      z.literal(-2010),
      z.literal(-9999),
    ])
    .optional(),
  recording: z.enum(recordingOutcomes).default('uploaded'),
  variations: partialVariationsSchema.default({}),
  faults: faultsSchema.optional(),
};

/** The body of POST /simulator/calls: who calls which virtual number, and what then happens. */
export const inboundCallSchema = z.strictObject({
  /** Any form a caller may take: E.164, a short code, a SIP URI; null, empty or a word when it is withheld. */
  from: z.string().max(LONGEST_CALLER).nullable(),
  /** The country beside a caller that is spelled as its carrier does; the spelling is then left as it is. */
  fromCountry: z
    .string()
    .regex(/^[A-Z]{2}$/, 'a country as two capital letters')
    .optional(),
  to: z.string().min(1),
  /** What the events say was dialled, should that be another form than `to`. */
  dialledAs: z.string().min(1).max(LONGEST_CALLER).optional(),
  answer: answer.default('answered'),
  ringSeconds: seconds.optional(),
  /** Simulated time of the call; the simulator's clock when it is absent. */
  at: z.iso.datetime({ offset: true }).optional(),
  seed: z.union([z.int().min(0), z.string().min(1)]).optional(),
  /** Whether the events are delivered before the answer, after it, or only by a flush. */
  deliver: z.enum(['before-answer', 'in-background', 'on-flush']).default('before-answer'),
  ...scriptFields,
});
export type InboundCallRequest = z.output<typeof inboundCallSchema>;

/** What the parties of sessions started by Send Callflow do: one entry of `callees` for each makeCall. */
export const outboundScriptSchema = z.strictObject({
  callees: z
    .array(z.strictObject({ answer: answer.default('answered'), ringSeconds: seconds.optional() }))
    .max(2)
    .default([]),
  /** How long the callflow waits at the platform before it is played; its validity may run out meanwhile. */
  queueSeconds: seconds.default(0),
  ...scriptFields,
});
export type OutboundScript = z.output<typeof outboundScriptSchema>;

/** Everybody answers, and talks as long as is usual. */
export const defaultOutboundScript: OutboundScript = outboundScriptSchema.parse({});

/** Makes the script of a session that starts at the given simulated time. */
export function toCallScript(
  fields: Omit<OutboundScript, 'callees' | 'queueSeconds'>,
  callees: OutboundScript['callees'],
  startMs: number,
): CallScript {
  return {
    callees: callees.map(({ answer, ringSeconds }) => ({ answer, ringSeconds })),
    keyEntries: fields.dtmf.map(toKeyEntry),
    talkSeconds: fields.talkSeconds,
    hangUpAtMs:
      fields.hangUpAfterSeconds === undefined
        ? Number.POSITIVE_INFINITY
        : startMs + fields.hangUpAfterSeconds * 1000,
    failedDownloads: fields.failedDownloads,
    platformError: fields.platformError,
    recordingOutcome: fields.recording,
  };
}

function toKeyEntry(entry: OutboundScript['dtmf'][number]): KeyEntry {
  if (typeof entry === 'object' && entry !== null) return entry;
  return { keys: entry ?? '', firstAfterMs: USUAL_FIRST_KEY_MS, gapMs: USUAL_KEY_GAP_MS };
}
