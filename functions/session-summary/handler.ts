import { parseSessionSummary } from '../shared/adapters/eight-by-eight/webhooks/session-summary-event.ts';
import type { CallPrices } from '../shared/domain/booking-totals.ts';
import { createAcknowledgedWebhook, type WebhookTools } from '../shared/http/acknowledge-webhook.ts';
import type { SessionRecorder } from '../shared/ports/call-record.ts';
import { storeSessionSummary } from '../shared/use-cases/store-webhooks.ts';

/** VSS: closes a session with what 8x8 says about it, which wins over everything said before. */
export function createSessionSummaryHandler(
  tools: WebhookTools,
  recorder: SessionRecorder,
  prices?: CallPrices,
) {
  return createAcknowledgedWebhook({
    ...tools,
    parse: parseSessionSummary,
    store: storeSessionSummary(recorder, tools.logger, prices),
    webhook: 'VSS',
  });
}
