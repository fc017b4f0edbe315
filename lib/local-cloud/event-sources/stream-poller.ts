import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { StreamDelivery } from './stream-delivery.ts';

const POLL_INTERVAL_MS = 50;
const PAUSE_AFTER_ERROR_MS = 500;
/** DynamoDB gives no more than this at a time. */
const MOST_RECORDS = 1000;

/** Where the reading of a stream stands: the last sequence number of each shard that was dealt with. */
export interface StreamPositions {
  get(shardId: string): string | undefined;
  set(shardId: string, sequenceNumber: string): void;
}

export interface StreamPollerOptions {
  /** A client for the engine as it is now; undefined while there is none. */
  readonly client: () => DynamoDBStreamsClient | undefined;
  /** ARN of the stream in the engine. */
  readonly streamArn: string;
  readonly batchSize: number;
  /** Where to begin when there is no position yet. */
  readonly startsAtOldest: boolean;
  readonly positions: StreamPositions;
  readonly deliver: StreamDelivery;
}

export interface StreamPoller {
  /** Settles when the starting point is fixed: what is written from then on is delivered. */
  readonly started: Promise<void>;
  stop(): Promise<void>;
}

/** Reads a table's stream shard by shard, in order, and remembers how far it came. */
export function startStreamPoller(options: StreamPollerOptions): StreamPoller {
  const { client, streamArn, positions, deliver, startsAtOldest } = options;
  const Limit = Math.min(options.batchSize, MOST_RECORDS);
  const stopping = new AbortController();
  const { signal } = stopping;
  const started = Promise.withResolvers<void>();
  const iterators = new Map<string, string | undefined>();
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal }).catch(() => {});

  const openShards = async (streams: DynamoDBStreamsClient): Promise<void> => {
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      if (ShardId === undefined || iterators.has(ShardId)) continue;
      iterators.set(ShardId, await openShard(streams, ShardId));
    }
  };

  const openShard = async (streams: DynamoDBStreamsClient, ShardId: string): Promise<string | undefined> => {
    const SequenceNumber = positions.get(ShardId);
    const place = { StreamArn: streamArn, ShardId };
    try {
      const { ShardIterator } = await streams.send(
        SequenceNumber === undefined
          ? new GetShardIteratorCommand({
              ...place,
              ShardIteratorType: startsAtOldest ? 'TRIM_HORIZON' : 'LATEST',
            })
          : new GetShardIteratorCommand({
              ...place,
              ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
              SequenceNumber,
            }),
      );
      return ShardIterator;
    } catch (error) {
      if (!(error instanceof TrimmedDataAccessException)) throw error;
      const oldest = await streams.send(
        new GetShardIteratorCommand({ ...place, ShardIteratorType: 'TRIM_HORIZON' }),
      );
      return oldest.ShardIterator;
    }
  };

  /** @returns whether there was anything to deliver. */
  const readShard = async (streams: DynamoDBStreamsClient, shardId: string): Promise<boolean> => {
    const ShardIterator = iterators.get(shardId);
    if (ShardIterator === undefined) return false;
    const { Records = [], NextShardIterator } = await streams.send(
      new GetRecordsCommand({ ShardIterator, Limit }),
    );
    if (Records.length > 0) {
      await deliver(Records, shardId, signal);
      if (signal.aborted) return false;
      const last = Records.at(-1)?.dynamodb?.SequenceNumber;
      if (last !== undefined) positions.set(shardId, last);
    }
    iterators.set(shardId, NextShardIterator);
    return Records.length > 0;
  };

  const readAll = async (streams: DynamoDBStreamsClient): Promise<boolean> => {
    // New shards follow closed ones; while all are open there is nothing new to find.
    if (iterators.size === 0 || [...iterators.values()].includes(undefined)) await openShards(streams);
    started.resolve();
    let wasBusy = false;
    for (const shardId of iterators.keys()) wasBusy = (await readShard(streams, shardId)) || wasBusy;
    return wasBusy;
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        const streams = client();
        const wasBusy = streams !== undefined && (await readAll(streams));
        if (!wasBusy) await pause(POLL_INTERVAL_MS);
      } catch {
        // The engine is gone or forgot its iterators: reading goes on from the positions.
        iterators.clear();
        await pause(PAUSE_AFTER_ERROR_MS);
      }
    }
  };

  const running = run();
  return {
    started: started.promise,
    async stop() {
      stopping.abort();
      started.resolve();
      await running;
    },
  };
}
