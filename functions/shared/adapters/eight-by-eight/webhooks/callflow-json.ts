import type { CallAction, OutboundCallflow, VcaCallflow } from '../../../domain/callflow.ts';
import type { PhoneNumber } from '../../../domain/phone-number.ts';

/** How an account writes numbers in a callflow: `+6591110001`, as the events do, or `6591110001`, as some samples do. */
export type NumberFormat = 'plus' | 'digits';

/** One action as 8x8 reads it. */
type CallActionJson =
  | { action: 'makeCall'; params: { source: string; destination: string; callRecording?: boolean } }
  | { action: 'say'; params: { text: string; voiceProfile: string; repetition: number; speed: number } }
  | { action: 'sayAndCapture'; params: SayAndCaptureParams }
  | { action: 'playFile'; params: { fileUrl: string; repetition: number } }
  | { action: 'hangup' };

interface SayAndCaptureParams {
  promptMessage: string;
  successMessage?: string;
  failureMessage?: string;
  voiceProfile: string;
  speed: number;
  completeOnHash: boolean;
  minDigits: number;
  maxDigits: number;
  digitTimeout: number;
  overallTimeout: number;
  noOfTries: number;
}

/** The body of the answer to a call action request (VCA). */
export interface CallActionAnswerJson {
  clientActionId?: string;
  callflow: CallActionJson[];
}

/** The body of a Send Callflow request. */
export interface SendCallflowJson {
  validUntil?: string;
  callflow: CallActionJson[];
}

/** @returns what `JSON.stringify` turns into the answer; it holds phone numbers in the clear. */
export function toCallActionAnswer(callflow: VcaCallflow, numberFormat: NumberFormat): CallActionAnswerJson {
  const { actions, clientActionId } = callflow;
  return {
    ...(clientActionId !== undefined && { clientActionId }),
    callflow: actions.map((action) => toJson(action, numberFormat)),
  };
}

/** @returns what `JSON.stringify` turns into the request; it holds phone numbers in the clear. */
export function toSendCallflowRequest(
  callflow: OutboundCallflow,
  numberFormat: NumberFormat,
): SendCallflowJson {
  const { actions, validUntilMs } = callflow;
  return {
    ...(validUntilMs !== undefined && { validUntil: new Date(validUntilMs).toISOString() }),
    callflow: actions.map((action) => toJson(action, numberFormat)),
  };
}

function toJson(callAction: CallAction, numberFormat: NumberFormat): CallActionJson {
  switch (callAction.action) {
    case 'makeCall': {
      const { action, source, destination, callRecording } = callAction;
      return {
        action,
        params: {
          source: write(source, numberFormat),
          destination: write(destination, numberFormat),
          ...(callRecording !== undefined && { callRecording }),
        },
      };
    }
    case 'sayAndCapture': {
      const { action, digitTimeoutMs, overallTimeoutMs, ...params } = callAction;
      return {
        action,
        params: { ...params, digitTimeout: digitTimeoutMs, overallTimeout: overallTimeoutMs },
      };
    }
    case 'say': {
      const { action, text, voiceProfile, repetition, speed } = callAction;
      return { action, params: { text, voiceProfile, repetition, speed } };
    }
    case 'playFile': {
      const { action, fileUrl, repetition } = callAction;
      return { action, params: { fileUrl, repetition } };
    }
    case 'hangup':
      return { action: 'hangup' };
    default:
      return callAction satisfies never;
  }
}

function write(number: PhoneNumber, numberFormat: NumberFormat): string {
  return numberFormat === 'plus' ? number.reveal() : number.revealDigits();
}
