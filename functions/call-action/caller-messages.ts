import * as z from 'zod/mini';
import {
  type CallActionAnswerJson,
  type NumberFormat,
  toCallActionAnswer,
} from '../shared/adapters/eight-by-eight/webhooks/callflow-json.ts';
import type { RoutingDecisionKind } from '../shared/domain/call-route.ts';
import { hangup, type Repetition, say, type VcaCallflow, vcaCallflow } from '../shared/domain/callflow.ts';

/** Why a caller is not connected: the call was decided so, or something of ours failed. */
export type CallerCase = Exclude<RoutingDecisionKind, 'connect'> | 'service-unavailable';

const message = z.union([
  z.object({
    say: z.string(),
    voiceProfile: z.string(),
    speed: z.optional(z.number()),
    repetition: z.optional(z.union([z.literal(1), z.literal(2), z.literal(3)])),
  }),
  z.object({ hangUp: z.literal(true) }),
]);

const configuredMessages = z.object({
  default: z.record(z.string(), message),
  byCountry: z.record(z.string(), z.record(z.string(), message)),
});

type Message = z.output<typeof message>;

/** Heard when the configuration has no message at all for a case: silence is never an answer. */
const LAST_RESORT: Message = {
  say: 'Sorry, we cannot connect your call at the moment. Goodbye.',
  voiceProfile: 'en-US-BenjaminRUS',
};

function callflowOf(configured: Message): VcaCallflow {
  if ('hangUp' in configured) return vcaCallflow([hangup()]);
  const { say: text, voiceProfile, speed, repetition } = configured;
  const speech = {
    text,
    voiceProfile,
    ...(speed !== undefined && { speed }),
    ...(repetition !== undefined && { repetition: repetition satisfies Repetition }),
  };
  return vcaCallflow([say(speech), hangup()]);
}

/** What callers hear who are not connected. */
export interface CallerMessages {
  /** @param countryCode the country of the virtual number, ISO 3166-1 alpha-2, where it is known. */
  answerFor(callerCase: CallerCase, countryCode: string | undefined): CallActionAnswerJson;
}

/**
 * Reads the messages as the deployment configured them and prepares every answer, so that the answer to a call
 * that cannot be decided needs nothing that could fail.
 *
 * @throws when a message is not one 8x8 would play: a deployment error that must show at start.
 */
export function readCallerMessages(json: string, numberFormat: NumberFormat): CallerMessages {
  const configured = configuredMessages.parse(JSON.parse(json));
  const prepare = (messages: Record<string, Message>) =>
    new Map(
      Object.entries(messages).map(([name, one]) => [
        name,
        toCallActionAnswer(callflowOf(one), numberFormat),
      ]),
    );
  const everywhere = prepare(configured.default);
  const byCountry = new Map(
    Object.entries(configured.byCountry).map(([country, messages]) => [country, prepare(messages)]),
  );
  const lastResort = toCallActionAnswer(callflowOf(LAST_RESORT), numberFormat);
  return {
    answerFor: (callerCase, countryCode) =>
      byCountry.get(countryCode ?? '')?.get(callerCase) ?? everywhere.get(callerCase) ?? lastResort,
  };
}
