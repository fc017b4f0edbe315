import { type CallPrices, costOf, usedLegsOf } from '../domain/booking-totals.ts';
import type {
  CallStatusEvent,
  NumberUpdatedEvent,
  RecordingUploadedEvent,
  SessionSummaryEvent,
} from '../domain/webhook-events.ts';
import type { Logger } from '../observability/logger.ts';
import { metricNames } from '../observability/metric-names.ts';
import type { SessionRecorder } from '../ports/call-record.ts';
import type { NumberStore } from '../ports/number-store.ts';
import type { RecordingFinder, RecordingObject } from '../ports/recordings.ts';
import { applyNumberUpdate } from './apply-number-update.ts';

/** What is known of an event beside its content. */
export interface Receipt {
  readonly receivedAtMs: number;
  /** Aborts when the store has had its time. */
  readonly signal: AbortSignal;
}

/** Makes an event durable: resolves when it is stored for good. Bears repetition. */
export type StoreEvent<Event> = (event: Event, receipt: Receipt) => Promise<void>;

/** The bucket gets this long; then the recording is kept unseen, and looked for again later. */
const BUCKET_PATIENCE_MS = 1500;

/** VCS: keeps how far a leg has got, under the id of the event. */
export function storeCallStatus(recorder: SessionRecorder): StoreEvent<CallStatusEvent> {
  return (event, receipt) => recorder.record(event.sessionId, { kind: 'event', event }, receipt);
}

/**
 * VSS: keeps the truth about a session, once per session, and counts how well the two people heard each other and,
 * where prices are known, what the call cost.
 */
export function storeSessionSummary(
  recorder: SessionRecorder,
  logger: Logger,
  prices?: CallPrices,
): StoreEvent<SessionSummaryEvent> {
  return async (summary, receipt) => {
    await recorder.record(summary.sessionId, { kind: 'summary', summary }, receipt);
    const scores = summary.legs.map(({ quality }) => quality?.mos).filter((mos) => mos !== undefined);
    const cost = prices && costOf(usedLegsOf(summary), prices);
    logger.info('SESSION_CLOSED', { sessionId: summary.sessionId }, [
      ...(scores.length === 0
        ? []
        : [{ name: metricNames.callQuality, value: Math.min(...scores), unit: 'None' as const }]),
      ...(cost === undefined
        ? []
        : [{ name: metricNames.estimatedCost, value: cost, unit: 'None' as const }]),
    ]);
  };
}

/**
 * VRU: keeps that a recording exists, with where it lies if it was seen there. A bucket that does not answer delays
 * the look and loses nothing.
 */
export function storeRecordingUploaded(
  recorder: SessionRecorder,
  recordings: RecordingFinder,
  logger: Logger,
): StoreEvent<RecordingUploadedEvent> {
  async function look(
    event: RecordingUploadedEvent,
    signal: AbortSignal,
  ): Promise<RecordingObject | undefined> {
    const { sessionId, recordingId } = event;
    try {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(BUCKET_PATIENCE_MS)]);
      const found = await recordings.find(event, patience);
      if (found === undefined) logger.warn('RECORDING_NOT_FOUND', { sessionId, recordingId });
      return found;
    } catch (error) {
      logger.error('RECORDING_NOT_LOOKED_FOR', error, { sessionId, recordingId });
      return undefined;
    }
  }

  return async (event, receipt) => {
    const object = await look(event, receipt.signal);
    const { recordingId, status, durationSeconds, startedAtMs, filePath } = event;
    const recording = {
      recordingId,
      status,
      durationSeconds,
      startedAtMs,
      filePath,
      verified: object !== undefined,
      key: object?.key,
      sizeBytes: object?.sizeBytes,
    };
    await recorder.record(event.sessionId, { kind: 'recording', recording }, receipt);
  };
}

/** VNU: brings the pool up to date. Repeating an event changes nothing. */
export function storeNumberUpdated(numbers: NumberStore, logger: Logger): StoreEvent<NumberUpdatedEvent> {
  return async (event, { receivedAtMs }) => {
    const report = await applyNumberUpdate(event, numbers, receivedAtMs);
    logger.info('NUMBERS_UPDATED', { count: report.applied });
    if (report.unreadable > 0) logger.warn('NUMBERS_UNREADABLE', { count: report.unreadable });
  };
}
