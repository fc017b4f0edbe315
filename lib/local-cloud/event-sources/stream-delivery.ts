import { setTimeout as sleep } from 'node:timers/promises';
import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { SendToQueue } from '../lambda/async-invocations.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import { REGION } from '../template/physical-names.ts';
import type { EventSourceMapping } from '../template/trigger-definitions.ts';
import { readBatchResult } from './batch-answer.ts';
import { compilePatterns } from './queue-poller.ts';
import { toEventRecord } from './stream-record.ts';

/** Brings a batch of changes to its function; settles when it was taken or given up, or when stopping begins. */
export type StreamDelivery = (
  records: readonly StreamRecord[],
  shardId: string,
  signal: AbortSignal,
) => Promise<void>;

export interface StreamDeliveryServices {
  readonly lambda: Pick<LambdaService, 'invoke'>;
  readonly sendToQueue: SendToQueue;
  /** Wait before the first repetition; each further one waits twice as long, up to five seconds. */
  readonly firstRetryDelayMs?: number;
}

const FIRST_RETRY_DELAY_MS = 100;
const LONGEST_RETRY_DELAY_MS = 5_000;

/**
 * Makes the delivery of one mapping. Order is kept: a batch that fails is repeated, from its first failed record
 * on, until it succeeds or the mapping's patience ends; with bisecting on, its halves are tried apart.
 */
export function createStreamDelivery(
  mapping: EventSourceMapping,
  services: StreamDeliveryServices,
): StreamDelivery {
  const { lambda, sendToQueue, firstRetryDelayMs = FIRST_RETRY_DELAY_MS } = services;
  const matches = compilePatterns(mapping.patterns);

  /** @returns the records that are left to do: from the first one on that failed. */
  const attempt = async (records: readonly StreamRecord[]): Promise<readonly StreamRecord[]> => {
    const Records = records.map((record) => toEventRecord(record, mapping.sourceArn));
    const outcome = await lambda.invoke(mapping.functionName, { Records });
    const identifiers = records.map(sequenceNumberOf);
    const failed = readBatchResult(outcome, identifiers, mapping.reportsItemFailures);
    if (failed === 'all-failed') return records;
    const first = identifiers.findIndex((identifier) => failed.has(identifier));
    return first < 0 ? [] : records.slice(first);
  };

  const giveUp = async (records: readonly StreamRecord[], shardId: string): Promise<void> => {
    if (mapping.failureQueueArn === undefined) return;
    await sendToQueue(mapping.failureQueueArn, JSON.stringify(describeLoss(mapping, records, shardId)));
  };

  const deliver: StreamDelivery = async (batch, shardId, signal) => {
    let left: readonly StreamRecord[] = batch.filter((record) =>
      matches(toEventRecord(record, mapping.sourceArn)),
    );
    let failures = 0;
    while (left.length > 0) {
      const tooOld = left.filter((record) => isTooOld(record, mapping.oldestRecordSeconds));
      if (tooOld.length > 0) await giveUp(tooOld, shardId);
      const tried = left.filter((record) => !tooOld.includes(record));
      if (tried.length === 0) return;

      left = await attempt(tried);
      if (left.length === 0 || signal.aborted) return;
      if (mapping.bisectsOnError && left.length > 1) {
        const middle = Math.ceil(left.length / 2);
        await deliver(left.slice(0, middle), shardId, signal);
        return deliver(left.slice(middle), shardId, signal);
      }
      // Failures are counted for the record that holds up the rest: another one starts from none.
      failures = left[0] === tried[0] ? failures + 1 : 1;
      if (failures > (mapping.mostRetries ?? Number.POSITIVE_INFINITY)) return giveUp(left, shardId);
      const delayMs = Math.min(firstRetryDelayMs * 2 ** (failures - 1), LONGEST_RETRY_DELAY_MS);
      await sleep(delayMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
    }
  };
  return deliver;
}

function isTooOld(record: StreamRecord, oldestRecordSeconds: number | undefined): boolean {
  const createdEpochMs = record.dynamodb?.ApproximateCreationDateTime?.getTime();
  if (oldestRecordSeconds === undefined || createdEpochMs === undefined) return false;
  return Date.now() - createdEpochMs > oldestRecordSeconds * 1000;
}

function sequenceNumberOf(record: StreamRecord): string {
  return record.dynamodb?.SequenceNumber ?? '';
}

/** What Lambda tells the failure destination of a stream: where the records are, not what they hold. */
function describeLoss(
  mapping: EventSourceMapping,
  records: readonly StreamRecord[],
  shardId: string,
): unknown {
  return {
    requestContext: { functionArn: mapping.functionName, condition: 'RetryAttemptsExhausted' },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: records.map(sequenceNumberOf).at(0),
      endSequenceNumber: records.map(sequenceNumberOf).at(-1),
      batchSize: records.length,
      streamArn: mapping.sourceArn,
      awsRegion: REGION,
    },
  };
}
