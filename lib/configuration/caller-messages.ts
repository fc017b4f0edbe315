import * as z from 'zod';

const DEFAULT_VOICE_PROFILE = 'en-US-BenjaminRUS';

/**
 * The longest text of one `say`: 8x8 documents no bound, and nobody listens to more than three minutes of it.
 */
const LONGEST_TEXT = 3000;

/**
 * What the call-action function refuses to speak, because 8x8 might: nothing but this stands between a text of the
 * configuration and a function that does not start. A test holds the two rules against each other.
 */
const UNSPEAKABLE = /[\p{Cc}<>]/u;

const spokenMessage = z.strictObject({
  say: z
    .string('a text')
    // In a file a long sentence may take several lines; it is spoken as one.
    .overwrite((text) => text.trim().replace(/\s+/gu, ' '))
    .min(1, 'a text that is not empty')
    .max(LONGEST_TEXT, `a text of at most ${LONGEST_TEXT} characters`)
    .refine(
      (text) => !UNSPEAKABLE.test(text) && text.isWellFormed(),
      'words without < and > and without control characters, which 8x8 may refuse',
    ),
  voiceProfile: z
    .string('the code of a voice profile, such as "en-US-BenjaminRUS"')
    .min(1, 'the code of a voice profile'),
  speed: z
    .number('a number from 0.5 to 2')
    .min(0.5, 'a number from 0.5 to 2')
    .max(2, 'a number from 0.5 to 2')
    .optional(),
  repetition: z.int('1, 2 or 3').min(1, '1, 2 or 3').max(3, '1, 2 or 3').optional(),
});

const silentHangUp = z.strictObject({ hangUp: z.literal(true, 'true') });

/** A text read out by a voice of 8x8, or nothing but the hang-up. */
const callerMessage = z.union(
  [spokenMessage, silentHangUp],
  '{ "say": "…", "voiceProfile": "…" } with "speed" and "repetition" if wanted, or { "hangUp": true }',
);

/** Why a caller is not connected. */
const callerCases = [
  'unknown-caller',
  'booking-ended',
  'replaced',
  'booking-expired',
  'anonymous-caller',
  'unreadable-caller',
  'number-unknown',
  'blocked',
  'limit-reached',
  'direction-not-allowed',
  'service-unavailable',
] as const;

const spoken = (say: string) => callerMessage.default({ say, voiceProfile: DEFAULT_VOICE_PROFILE });

const defaultMessages = z.strictObject({
  'unknown-caller': spoken(
    'Sorry, we cannot connect you from this phone. Please call from the phone number in your booking. Goodbye.',
  ),
  'booking-ended': spoken('Sorry, your booking has ended, so this number no longer connects you. Goodbye.'),
  replaced: spoken(
    'Sorry, this phone is no longer part of the booking. Please call from the new one. Goodbye.',
  ),
  'booking-expired': spoken(
    'Sorry, your booking has expired, so this number no longer connects you. Goodbye.',
  ),
  'anonymous-caller': spoken(
    'Sorry, we cannot connect a call from a hidden number. Please show your number and call again. Goodbye.',
  ),
  'unreadable-caller': spoken(
    'Sorry, your network does not show us your number in a way that we can read. Please call from another phone. Goodbye.',
  ),
  'number-unknown': spoken('Sorry, this number is not in service. Goodbye.'),
  blocked: spoken('Sorry, this call cannot be connected. Goodbye.'),
  'limit-reached': spoken('Sorry, your booking allows no more calls. Goodbye.'),
  'direction-not-allowed': spoken(
    'Sorry, you cannot call with this booking. Please wait for the other party to call you. Goodbye.',
  ),
  'service-unavailable': spoken(
    'Sorry, we cannot connect your call at the moment. Please try again in a few minutes. Goodbye.',
  ),
} satisfies Record<(typeof callerCases)[number], z.ZodType>);

const countryCode = z.string().regex(/^[A-Z]{2}$/, 'a country as two capital letters, such as "ID"');

/**
 * The room for the messages: they travel as JSON in the environment of a Lambda, which holds 4 KB, and the other
 * variables (names, addresses, what the runtime adds) have to fit beside them.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const LARGEST_JSON_BYTES = 4096 - 1000;

const jsonBytes = (messages: unknown): number => Buffer.byteLength(JSON.stringify(messages));

/**
 * What callers hear who are not connected, by case: `default` everywhere, `byCountry` instead of it for virtual
 * numbers of that country (ISO 3166-1 alpha-2).
 */
export const callerMessages = z
  .strictObject({
    default: defaultMessages.prefault({}),
    byCountry: z.record(countryCode, z.partialRecord(z.enum(callerCases), callerMessage)).default({}),
  })
  .refine((messages) => jsonBytes(messages) <= LARGEST_JSON_BYTES, {
    error: ({ input }) =>
      `at most ${LARGEST_JSON_BYTES} bytes as JSON together with the defaults (these take ${jsonBytes(input)}): they ` +
      'travel in the environment of a Lambda, which holds 4 KB',
  })
  .prefault({});

/** Every voice that a caller may hear, each once. */
export function voiceProfilesOf(messages: z.output<typeof callerMessages>): string[] {
  const spokenOrSilent = [messages.default, ...Object.values(messages.byCountry)].flatMap((cases) =>
    Object.values(cases),
  );
  return [
    ...new Set(
      spokenOrSilent.flatMap((message) => ('voiceProfile' in message ? [message.voiceProfile] : [])),
    ),
  ];
}
