import { readCallerMessages } from '../../../../functions/call-action/caller-messages.ts';
import { createCallActionHandler } from '../../../../functions/call-action/handler.ts';
import { createCallStatusHandler } from '../../../../functions/call-status/handler.ts';
import { createNumberUpdatedHandler } from '../../../../functions/number-updated/handler.ts';
import { createRecordingUploadedHandler } from '../../../../functions/recording-uploaded/handler.ts';
import { createSessionSummaryHandler } from '../../../../functions/session-summary/handler.ts';
import type { WebhookName } from '../../../../lib/routes.ts';
import { AUTHORIZATION, answerOf, sampleEvent } from '../../../support/webhooks.ts';
import type { DayWorld } from './world.ts';

/** Sends webhooks to the five functions that take them. */
export function openWebhooks(day: DayWorld) {
  const { logger, nowMs, calls, world } = day;
  const tools = {
    acceptedAuthorizations: { get: async () => [AUTHORIZATION] },
    allowedSourceIps: undefined,
    logger,
    nowMs,
    queues: day.unreliable(day.queues),
  };
  const recorder = day.unreliable(calls);
  const routes = day.unreliable(world.routes);
  const handlers = {
    'call-action': createCallActionHandler({
      ...tools,
      incomingCalls: {
        async find(virtualNumber, caller, signal) {
          const route = caller && (await routes.find(virtualNumber, caller, signal));
          return { route, strangers: undefined, defaultStrangers: undefined };
        },
      },
      conversation: () => Promise.reject(new Error('No number here leads strangers anywhere.')),
      messages: readCallerMessages('{ "default": {}, "byCountry": {} }', 'plus'),
      numberFormat: 'plus',
      ownSubAccount: '',
      recordCalls: true,
      strangers: { tries: 0, restMs: 3_600_000 },
      deadlineMs: 60_000,
    }),
    'call-status': createCallStatusHandler(tools, recorder),
    'session-summary': createSessionSummaryHandler(tools, recorder),
    'recording-uploaded': createRecordingUploadedHandler(tools, recorder, day.unreliable(day.bucket)),
    'number-updated': createNumberUpdatedHandler(tools, day.unreliable(world.numbers)),
  };
  const samples = Object.fromEntries(Object.keys(handlers).map((name) => [name, sampleEvent(name)]));

  return (webhook: WebhookName, body: unknown, authorization: string = AUTHORIZATION) => {
    const sample = samples[webhook] ?? sampleEvent(webhook);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return answerOf(handlers[webhook], {
      ...sample,
      headers: { ...sample.headers, authorization },
      body: text,
    });
  };
}
