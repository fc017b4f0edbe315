import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { parseCallAction } from '../shared/adapters/eight-by-eight/webhooks/call-action-event.ts';
import {
  type CallActionAnswerJson,
  type NumberFormat,
  toCallActionAnswer,
} from '../shared/adapters/eight-by-eight/webhooks/callflow-json.ts';
import { type RoutingDecision, routeCall } from '../shared/domain/call-route.ts';
import { hangup, makeCall, vcaCallflow } from '../shared/domain/callflow.ts';
import type { InputIssue } from '../shared/domain/problems.ts';
import type { CallActionEvent } from '../shared/domain/webhook-events.ts';
import { answerWithin } from '../shared/http/answer-within.ts';
import { bodyText } from '../shared/http/body-text.ts';
import { type WebhookAuthOptions, webhookAuth } from '../shared/http/webhook-auth.ts';
import { countMetric } from '../shared/observability/logger.ts';
import { metricNames } from '../shared/observability/metric-names.ts';
import type { CallRoutes } from '../shared/ports/call-routes.ts';
import type { WebhookQueues } from '../shared/ports/webhook-queues.ts';
import type { CallerMessages } from './caller-messages.ts';

export interface CallActionDependencies extends Omit<WebhookAuthOptions, 'webhook'> {
  readonly callRoutes: CallRoutes;
  readonly messages: CallerMessages;
  readonly numberFormat: NumberFormat;
  /** Within this time the caller hears something, whatever is broken. */
  readonly deadlineMs: number;
  /** Keeps a body of unknown shape for a person to look at. */
  readonly queues: Pick<WebhookQueues, 'quarantine'>;
  readonly nowMs: () => number;
}

type Answer = APIGatewayProxyStructuredResultV2;
/** Something of ours failed while the caller waited. */
interface Undecided {
  readonly kind: 'service-unavailable';
}

/** Left for the answer to travel when the look-up has used up its time. */
const ANSWER_MARGIN_MS = 100;

function ok(answer: CallActionAnswerJson): Answer {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(answer),
  };
}

/** Only a call that has just come in waits for a decision; anything later in its session has been decided. */
function isNewCall({ callStatus, direction }: CallActionEvent): boolean {
  return (callStatus ?? 'CALL_RECEIVED') === 'CALL_RECEIVED' && (direction ?? 'INBOUND') === 'INBOUND';
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * VCA: tells 8x8 whom to connect. An authenticated request is always answered 200 with a callflow, within the
 * deadline and with one read of the store; no failure ends in silence, and none in a `makeCall`.
 */
export function createCallActionHandler(deps: CallActionDependencies) {
  const { callRoutes, messages, numberFormat, logger, nowMs } = deps;
  const unavailable = (): Answer => ok(messages.answerFor('service-unavailable', undefined));

  function fallBack(error: unknown): Answer {
    logger.error('CALL_FALLBACK', error, {}, [countMetric(metricNames.callFallback)]);
    return unavailable();
  }

  async function decide({ sessionId, source: caller, destination: virtualNumber }: CallActionEvent) {
    const route =
      caller === undefined || virtualNumber === undefined
        ? undefined
        : await callRoutes.find(
            virtualNumber,
            caller,
            AbortSignal.timeout(deps.deadlineMs - ANSWER_MARGIN_MS),
          );
    return routeCall({ sessionId, caller, virtualNumber }, route, nowMs());
  }

  /** A look-up that failed is a decision too: the caller hears the apology, and the record says why. */
  function couldNotDecide(error: unknown): Undecided {
    logger.error('CALL_FALLBACK', error, {}, [countMetric(metricNames.callFallback)]);
    return { kind: 'service-unavailable' };
  }

  function answerTo(decision: RoutingDecision | Undecided, countryCode: string | undefined) {
    if (decision.kind !== 'connect') return messages.answerFor(decision.kind, countryCode);
    const { callerId: source, callee: destination, recordCalls } = decision;
    const call = recordCalls
      ? makeCall({ source, destination, callRecording: true })
      : makeCall({ source, destination });
    return toCallActionAnswer(vcaCallflow([call]), numberFormat);
  }

  const answerCall = async (request: APIGatewayProxyEventV2): Promise<Answer> => {
    const startedAtMs = nowMs();
    const text = bodyText(request);
    const parsed = parseCallAction(readJson(text));
    if (!parsed.ok) {
      logger.warn('CALL_ACTION_UNREADABLE', { paths: parsed.issues.map(({ path }) => path) }, [
        countMetric(metricNames.webhookQuarantined),
      ]);
      await setAside(text, parsed.issues);
      return unavailable();
    }
    const { event } = parsed;
    if (!isNewCall(event)) return ok(toCallActionAnswer(vcaCallflow([hangup()]), numberFormat));

    const decision = await decide(event).catch(couldNotDecide);
    logDecision(event, decision, startedAtMs);
    return ok(answerTo(decision, event.destinationCountryCode));
  };

  /** Whether or not the queue takes it, the caller is answered. */
  async function setAside(body: string, issues: readonly InputIssue[]): Promise<void> {
    try {
      await deps.queues.quarantine({ webhook: 'VCA', receivedAtMs: nowMs(), body, issues });
    } catch (error) {
      logger.error('QUARANTINE_FAILED', error);
    }
  }

  /** The record of calls takes the decision from this line, so keeping it costs the caller nothing. */
  function logDecision(event: CallActionEvent, decision: RoutingDecision | Undecided, startedAtMs: number) {
    const durationMs = nowMs() - startedAtMs;
    logger.info(
      'CALL_DECIDED',
      {
        sessionId: event.sessionId,
        eventId: event.eventId,
        bookingId: 'bookingId' in decision ? decision.bookingId : undefined,
        decision: decision.kind,
        atMs: startedAtMs,
        durationMs,
      },
      [
        countMetric(metricNames.callDecided, { name: 'Decision', value: decision.kind }),
        { name: metricNames.callActionDuration, value: durationMs, unit: 'Milliseconds' },
      ],
    );
  }

  const chain = middy<APIGatewayProxyEventV2, Answer>()
    .use({
      onError: function fallbackOnError(request) {
        request.response = fallBack(request.error);
      },
    })
    .use(webhookAuth({ ...deps, webhook: 'VCA' }))
    .handler(answerCall);

  return answerWithin(deps.deadlineMs, chain, () =>
    fallBack(new Error(`No answer within ${deps.deadlineMs} ms.`)),
  );
}
