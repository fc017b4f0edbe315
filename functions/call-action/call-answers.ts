import {
  type CallActionAnswerJson,
  type NumberFormat,
  toCallActionAnswer,
} from '../shared/adapters/eight-by-eight/webhooks/callflow-json.ts';
import { hangup, makeCall, vcaCallflow } from '../shared/domain/callflow.ts';
import type { AnswerDecision } from '../shared/use-cases/decide-call.ts';
import type { CallerMessages } from './caller-messages.ts';

/** Something of ours failed while the caller waited. */
export interface Undecided {
  readonly kind: 'service-unavailable';
}

/** Leaves a call as it is: a callflow without an action. */
export const NOTHING_TO_DO: CallActionAnswerJson = { callflow: [] };

export interface CallAnswerOptions {
  readonly messages: CallerMessages;
  readonly numberFormat: NumberFormat;
  /** Whether the deployment takes recordings in; if not, 8x8 is never asked for one. */
  readonly recordCalls: boolean;
}

/** What 8x8 is told to do, for each decision. */
export function createCallAnswers({ messages, numberFormat, recordCalls }: CallAnswerOptions) {
  const hangUp = () => toCallActionAnswer(vcaCallflow([hangup()]), numberFormat);

  return {
    hangUp,
    /** @param countryCode the country of the virtual number, where it is known. */
    to(decision: AnswerDecision | Undecided, countryCode: string | undefined): CallActionAnswerJson {
      if ('callflow' in decision) return toCallActionAnswer(decision.callflow, numberFormat);
      if (decision.kind === 'scanner') return hangUp();
      if (decision.kind !== 'connect') return messages.answerFor(decision.kind, countryCode);
      const { callerId: source, callee: destination } = decision;
      const call =
        decision.recordCalls && recordCalls
          ? makeCall({ source, destination, callRecording: true })
          : makeCall({ source, destination });
      return toCallActionAnswer(vcaCallflow([call]), numberFormat);
    },
  };
}
