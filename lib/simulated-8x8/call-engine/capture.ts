import type { CaptureParameters } from '../model/callflow-actions.ts';
import { MOST_DIGITS } from '../model/callflow-actions.ts';
import type { Variations } from '../model/variations.ts';
import type { KeyEntry } from '../model/voice-session.ts';

/** What a capture works with once every omitted parameter has its value. */
export interface CaptureSettings {
  readonly minDigits: number;
  readonly maxDigits: number;
  readonly digitTimeoutMs: number;
  readonly overallTimeoutMs: number;
  readonly completeOnHash: boolean;
  readonly tries: number;
}

/** The guide and the OpenAPI file disagree about omitted values. */
const defaultsOf = {
  guide: { minDigits: 1, maxDigits: MOST_DIGITS, overallTimeoutMs: 30_000, tries: 3 },
  openapi: { minDigits: 1, maxDigits: 1, overallTimeoutMs: 5_000, tries: 1 },
} as const;

/** Fills in what the callflow left out. */
export function captureSettings(
  params: CaptureParameters,
  defaults: Variations['captureDefaults'],
): CaptureSettings {
  const omitted = defaultsOf[defaults];
  return {
    minDigits: params.minDigits ?? omitted.minDigits,
    maxDigits: params.maxDigits ?? omitted.maxDigits,
    digitTimeoutMs: params.digitTimeout ?? Number.POSITIVE_INFINITY,
    overallTimeoutMs: params.overallTimeout ?? omitted.overallTimeoutMs,
    completeOnHash: params.completeOnHash ?? true,
    tries: params.noOfTries ?? omitted.tries,
  };
}

/** What one prompt brought: the digits, or undefined for a timeout or a wrong count; and how long it took. */
export interface CaptureResult {
  readonly digits: string | undefined;
  readonly tookMs: number;
}

/**
 * Listens to the keys after one prompt.
 *
 * A hash ends the input when the capture completes on it, the last allowed digit ends it when not. A pause longer
 * than the digit timeout ends it too; then, as after a hash, the count decides. When the overall time runs out there
 * is no capture, whatever was keyed in.
 */
export function listen(settings: CaptureSettings, entry: KeyEntry | undefined): CaptureResult {
  const timedOut: CaptureResult = { digits: undefined, tookMs: settings.overallTimeoutMs };
  let digits = '';
  let atMs = 0;
  for (const [index, key] of [...(entry?.keys ?? '')].entries()) {
    const pauseMs = index === 0 ? (entry?.firstAfterMs ?? 0) : (entry?.gapMs ?? 0);
    if (index > 0 && pauseMs > settings.digitTimeoutMs) break;
    atMs += pauseMs;
    if (atMs >= settings.overallTimeoutMs) return timedOut;
    if (settings.completeOnHash && key === '#') return { digits: inRange(digits, settings), tookMs: atMs };
    digits += key;
    if (!settings.completeOnHash && digits.length === settings.maxDigits) {
      return { digits: inRange(digits, settings), tookMs: atMs };
    }
  }
  const pauseEndsMs = atMs + settings.digitTimeoutMs;
  if (digits === '' || pauseEndsMs >= settings.overallTimeoutMs) return timedOut;
  return { digits: inRange(digits, settings), tookMs: pauseEndsMs };
}

function inRange(digits: string, { minDigits, maxDigits }: CaptureSettings): string | undefined {
  return digits.length >= minDigits && digits.length <= maxDigits ? digits : undefined;
}
