import * as z from 'zod';

/** Longest text that the platform speaks. */
const LONGEST_TEXT = 3000;
const MOST_REPETITIONS = 3;
/** `maxDigits` has to stay below 26. */
export const MOST_DIGITS = 25;

const text = z
  .string()
  .min(1, 'must not be empty')
  .max(LONGEST_TEXT, `holds at most ${LONGEST_TEXT} characters`);
const repetition = z.int().min(1).max(MOST_REPETITIONS).optional();
const speed = z.number().min(0.5).max(2).optional();
const count = z.int().min(1).nullable().optional();

/**
 * The parameters of every action of the callflow language, after its reference. Parameters that it does not name are
 * errors: on the real platform they are at best ignored.
 */
export const actionParameters = {
  makeCall: z.strictObject({
    source: z.string(),
    destination: z.string(),
    callRecording: z.boolean().optional(),
  }),
  say: z.strictObject({ text, voiceProfile: z.string(), repetition, speed }),
  playFile: z.strictObject({
    fileUrl: z.string().refine(isAudioUrl, 'must be an http or https URL of an mp3 or wav file'),
    repetition,
  }),
  sayAndCapture: z.strictObject({
    promptMessage: text,
    voiceProfile: z.string(),
    successMessage: text.nullable().optional(),
    failureMessage: text.nullable().optional(),
    speed,
    repetition,
    completeOnHash: z.boolean().nullable().optional(),
    minDigits: count,
    maxDigits: count,
    digitTimeout: count,
    overallTimeout: count,
    noOfTries: count,
  }),
  hangup: z.strictObject({}),
} as const;

/** The names as the platform's own error message lists them. */
export const actionNames: readonly string[] = ['say', 'playFile', 'sayAndCapture', 'makeCall', 'hangup'];

export type MakeCallParameters = z.output<typeof actionParameters.makeCall>;
export type SayParameters = z.output<typeof actionParameters.say>;
export type PlayFileParameters = z.output<typeof actionParameters.playFile>;
export type CaptureParameters = z.output<typeof actionParameters.sayAndCapture>;

/** One action of a valid callflow. */
export type CallAction =
  | { readonly action: 'makeCall'; readonly params: MakeCallParameters }
  | { readonly action: 'say'; readonly params: SayParameters }
  | { readonly action: 'playFile'; readonly params: PlayFileParameters }
  | { readonly action: 'sayAndCapture'; readonly params: CaptureParameters }
  | { readonly action: 'hangup' };

/** A URL without a file extension may well be audio; one with another extension is not. */
function isAudioUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, pathname } = new URL(url);
  const extension = /\.([a-z0-9]+)$/i.exec(pathname)?.[1]?.toLowerCase();
  return (
    /^https?:$/.test(protocol) && (extension === undefined || extension === 'mp3' || extension === 'wav')
  );
}
