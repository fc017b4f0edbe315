import { parseNumberUpdated } from '../adapters/eight-by-eight/webhooks/number-updated-event.ts';
import type { NumberUpdatedEvent } from '../domain/webhook-events.ts';
import type { Logger } from '../observability/logger.ts';
import type { NumberStore } from '../ports/booking-store.ts';
import { applyNumberUpdate } from '../use-cases/apply-number-update.ts';
import type { WebhookRecording } from './acknowledge-webhook.ts';

/** VNU: brings the pool up to date. Repeating an event changes nothing. */
export function numberUpdatedRecording(
  numbers: NumberStore,
  logger: Logger,
): WebhookRecording<NumberUpdatedEvent> {
  return {
    parse: parseNumberUpdated,
    async record(event, { receivedAtMs }) {
      const report = await applyNumberUpdate(event, numbers, receivedAtMs);
      logger.info('NUMBERS_UPDATED', { count: report.applied });
      if (report.unreadable > 0) logger.warn('NUMBERS_UNREADABLE', { count: report.unreadable });
    },
  };
}
