import { parseCallStatus } from '../shared/adapters/eight-by-eight/webhooks/call-status-event.ts';
import { parseNumberUpdated } from '../shared/adapters/eight-by-eight/webhooks/number-updated-event.ts';
import { parseRecordingUploaded } from '../shared/adapters/eight-by-eight/webhooks/recording-uploaded-event.ts';
import { parseSessionSummary } from '../shared/adapters/eight-by-eight/webhooks/session-summary-event.ts';
import type { InputIssue } from '../shared/domain/problems.ts';
import type { SentEvent, WebhookKind } from '../shared/http/acknowledge-webhook.ts';
import type { Logger } from '../shared/observability/logger.ts';
import type { SessionRecorder } from '../shared/ports/call-record.ts';
import type { NumberStore } from '../shared/ports/number-store.ts';
import type { RecordingFinder } from '../shared/ports/recordings.ts';
import type { AcknowledgedWebhook } from '../shared/ports/webhook-queues.ts';
import {
  type Receipt,
  storeCallStatus,
  storeNumberUpdated,
  storeRecordingUploaded,
  storeSessionSummary,
} from '../shared/use-cases/store-webhooks.ts';

/** Stores a body again. @returns the faults of one that cannot be read, and nothing when it is stored. */
export type Replay = (body: unknown, receipt: Receipt) => Promise<readonly InputIssue[] | undefined>;

interface ReplayDependencies {
  readonly recorder: SessionRecorder;
  readonly recordings: RecordingFinder;
  readonly numbers: NumberStore;
  readonly logger: Logger;
}

/** How each webhook is replayed: as it is stored when it comes in. */
export function createReplays(deps: ReplayDependencies): Readonly<Record<AcknowledgedWebhook, Replay>> {
  const { recorder, recordings, numbers, logger } = deps;
  return {
    VCS: replayOf({ parse: parseCallStatus, store: storeCallStatus(recorder) }),
    VSS: replayOf({ parse: parseSessionSummary, store: storeSessionSummary(recorder, logger) }),
    VRU: replayOf({
      parse: parseRecordingUploaded,
      store: storeRecordingUploaded(recorder, recordings, logger),
    }),
    VNU: replayOf({ parse: parseNumberUpdated, store: storeNumberUpdated(numbers, logger) }),
  };
}

function replayOf<Event extends SentEvent>({ parse, store }: WebhookKind<Event>): Replay {
  return async (body, receipt) => {
    const parsed = parse(body);
    if (!parsed.ok) return parsed.issues;
    await store(parsed.event, receipt);
    return undefined;
  };
}
