import * as z from 'zod';

/**
 * Everything in which the platform's documentation, its samples and captured payloads contradict each other. The
 * first choice of each is what the simulator does by itself; the others are equally possible on a real account, so a
 * receiver should come to the same result under all of them.
 */
const choices = z.strictObject({
  /** Spelling of the leg keys in a session summary. */
  legKeys: z.enum(['callA', 'CallA']),
  /** Which leg comes first in a session summary. */
  legOrder: z.enum(['callB-first', 'callA-first']),
  noAnswer: z.enum(['NO_ANSWER', 'NO ANSWER']),
  cancelled: z.enum(['CANCELED', 'CANCELLED']),
  /** Status of a session whose callee was busy or did not answer: a word of its own, or FAILED; the leg tells which. */
  unreached: z.enum(['dedicated', 'FAILED']),
  /** JSON type of `errorCode` and `callDuration`. */
  numbers: z.enum(['number', 'string']),
  /** Where the keyed digits are: `eventData.dtmf`, `eventData` itself, or `payload.dtmf` with DTMF_RECEIVED. */
  dtmf: z.enum(['event-data-object', 'event-data-string', 'payload-field']),
  /** How `sourceRefId` and `destinationRefId` come, above all the one that has no meaning on its leg. */
  referenceIds: z.enum([
    'documented',
    'absent',
    'unused-null',
    'both-null',
    'text-null',
    'capitalised',
    'reversed',
  ]),
  plusSign: z.enum(['with', 'without']),
  /** Precision of the timestamps of events. */
  timestamps: z.enum(['milliseconds', 'seconds']),
  keyOrder: z.enum(['documented', 'payload-first', 'envelope-first']),
  unknownFields: z.enum(['none', 'present']),
  /** The IVR's root `version` (and its `clientRequestId`) in a session summary. */
  envelopeVersion: z.enum(['none', 'present']),
  lastAction: z.enum(['MAKE_CALL', 'MakeCall', 'makeCall', 'PLAY_TTS']),
  countryCodes: z.enum(['known', 'null']),
  /** A withheld caller: `source` as the call gave it (null, empty, a word), or no `source` at all. */
  withheldSource: z.enum(['verbatim', 'absent']),
  /** `errorDetails` as documented, or with the further fields of a captured one. */
  errorDetails: z.enum(['documented', 'captured']),
  errorLegStatus: z.enum(['ERROR', 'FAILED']),
  noCoverageCode: z.enum(['-2004', '-2005', '-1004']),
  /** Which leg a session summary shows when there is no coverage. */
  noCoverageLeg: z.enum(['inbound', 'outbound']),
  /** `callDuration` against the difference of the timestamps. */
  durations: z.enum(['exact', 'one-second-less']),
  /** Whether the caller counts as connected while the other party does not pick up. */
  unansweredCaller: z.enum(['not-connected', 'connected']),
  /**
   * Call status events: the life of each leg, more than that (CALL_UPDATED, DTMF_RECEIVED), none at all, or, as one
   * page shows them, a status without an envelope that says which call it is about.
   */
  callStatusEvents: z.enum(['lifecycle', 'chatty', 'none', 'bare']),
  /** Whether the last call status event of a leg that failed tells the error, too. */
  eventErrors: z.enum(['none', 'present']),
  /** A further call action request once the bridged call is over, with the keys pressed meanwhile. */
  postBridgeAction: z.enum(['none', 'sent']),
  /** Whether the recording is reported before or after the session summary. */
  recordingReport: z.enum(['after-summary', 'before-summary']),
  /** Where the recording lies below the configured path. */
  recordingKey: z.enum(['date-directory', 'flat']),
  /** The date directory of a recording: the day of the file's timestamp, or the next. */
  recordingDate: z.enum(['same-day', 'next-day']),
  /** The first part of `filePath`: a name of the platform's own, or the configured path. */
  recordingFilePath: z.enum(['endpoint-name', 'push-path']),
  /** `startRecordingTime`: the real one, or the unset value of 1969. */
  recordingStart: z.enum(['real', 'unset']),
  /** Field names and status words of the recording status API. */
  recordingStatus: z.enum(['guide', 'openapi']),
  /** Which numbers an UPDATES event lists. */
  numberUpdates: z.enum(['all', 'changed']),
  /** What POST /webhooks does when the type is registered already. */
  existingWebhook: z.enum(['replaced', 'refused', 'duplicated']),
  /** Whether DELETE /webhooks/VNU is possible. */
  numberWebhookRemoval: z.enum(['accepted', 'refused']),
  /** How Send Callflow words that it made no session. */
  rejectedCallflow: z.enum(['NOT_CREATED', 'NOT CREATED']),
  /**
   * The platform's own samples break its rules: a `digitTimeout` that equals the `overallTimeout`, a `clientActionId`
   * inside a `makeCall`. An account refuses them, as the rules say, or plays them, as the samples expect.
   */
  sampleCallflows: z.enum(['refused', 'played']),
  /** An export is there at once, after having been queued and run, or fails. */
  exportJobs: z.enum(['at-once', 'in-stages', 'failed']),
  /** Values of omitted sayAndCapture parameters: those of the guide or those of the OpenAPI file. */
  captureDefaults: z.enum(['guide', 'openapi']),
});

/** One choice for every contradiction. */
export type Variations = z.output<typeof choices>;

/** Some choices, as a request gives them; what is left out stays as it is. */
export const partialVariationsSchema = choices.partial();
export type PartialVariations = z.output<typeof partialVariationsSchema>;

/** What the simulator does by itself: the first choice of each. */
export const documentedVariations: Variations = choices.parse(
  Object.fromEntries(Object.entries(choices.shape).map(([name, schema]) => [name, schema.options[0]])),
);

/** All choices of each, the documented one first. */
export const variationChoices: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(choices.shape).map(([name, schema]) => [name, schema.options]),
);

/** One way in which an account may differ from the documentation, for tests that go through all of them. */
export interface VariationCase {
  readonly name: string;
  readonly variations: PartialVariations;
}

/** Every single deviation, each alone. */
export const variationCases: readonly VariationCase[] = Object.entries(choices.shape).flatMap(
  ([name, schema]) =>
    schema.options.slice(1).map((choice) => ({
      name: `${name}: ${choice}`,
      variations: partialVariationsSchema.parse({ [name]: choice }),
    })),
);

/** The `from` of a call whose caller withholds the number, in every form it might take. */
export const withheldCallers: readonly (string | null)[] = [null, '', 'anonymous'];

/** Lays choices over choices: the later ones win, and an undefined one changes nothing. */
export function withVariations(base: Variations, ...overlays: readonly PartialVariations[]): Variations {
  const chosen = overlays.flatMap((overlay) =>
    Object.entries(overlay).filter(([, choice]) => choice !== undefined),
  );
  return choices.parse({ ...base, ...Object.fromEntries(chosen) });
}
