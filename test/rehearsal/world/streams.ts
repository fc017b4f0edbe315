import { marshall } from '@aws-sdk/util-dynamodb';
import type { EventSourceMapping } from '../../../lib/local-cloud/template/trigger-definitions.ts';
import type { StoredChange } from '../dynamodb/table.ts';
import type { Chance } from './chance.ts';
import type { VirtualClock } from './clock.ts';
import type { Lambda } from './lambda.ts';
import type { Queues } from './queues.ts';
import { failedOf, passes } from './records.ts';
import type { Weather } from './weather.ts';

interface StreamRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventSourceARN: string;
  readonly dynamodb: { readonly SequenceNumber: string; readonly [field: string]: unknown };
}

interface Follower {
  readonly mapping: EventSourceMapping;
  readonly matches: (record: unknown) => boolean;
  /** Records in their order, a list a shard. */
  readonly shards: StreamRecord[][];
  readonly running: boolean[];
}

export interface StreamsOptions {
  readonly mappings: readonly EventSourceMapping[];
  /** The ARN of a table's stream, by the name of the table. */
  readonly streamArnOf: (tableName: string) => string | undefined;
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly weather: () => Weather;
  readonly lambda: Lambda;
  readonly queues: Queues;
  readonly forgetsFailures: boolean;
}

/** Partition keys share a few shards: the records of one row keep their order, those of one transaction do not. */
const SHARDS = 4;

/** The streams of the tables, and the functions that follow them. */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #followers: Follower[];
  #sequence = 0;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#followers = options.mappings.map((mapping) => ({
      mapping,
      matches: passes(mapping.patterns),
      shards: Array.from({ length: SHARDS }, () => []),
      running: Array.from({ length: SHARDS }, () => false),
    }));
  }

  /** How many records no function has taken yet. */
  waiting(): number {
    return this.#followers.reduce(
      (sum, { shards }) => sum + shards.reduce((inner, shard) => inner + shard.length, 0),
      0,
    );
  }

  tell({ tableName, key, before, after }: StoredChange): void {
    const arn = this.#options.streamArnOf(tableName);
    const followers = this.#followers.filter(({ mapping }) => mapping.sourceArn === arn);
    if (arn === undefined || followers.length === 0) return;
    this.#sequence += 1;
    const image = (item: object) => marshall(item, { removeUndefinedValues: true });
    const record: StreamRecord = {
      eventID: `change-${this.#sequence}`,
      eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
      eventSourceARN: arn,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(this.#options.clock.nowMs / 1000),
        SequenceNumber: String(this.#sequence).padStart(24, '0'),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
        Keys: image(key),
        ...(before && { OldImage: image(before) }),
        ...(after && { NewImage: image(after) }),
      },
    };
    const [partition] = Object.values(key);
    const shard = shardOf(String(partition));
    for (const follower of followers) {
      if (!follower.matches(record)) continue;
      follower.shards[shard]?.push(record);
      void this.#follow(follower, shard);
    }
  }

  async #follow(follower: Follower, shard: number): Promise<void> {
    const records = follower.shards[shard];
    if (records === undefined || follower.running[shard] === true) return;
    follower.running[shard] = true;
    const { clock, chance, weather } = this.#options;
    while (records.length > 0) {
      await clock.sleep(chance.between(20, 400));
      const batch = records.slice(0, follower.mapping.batchSize);
      const repeats = chance.isHit(weather().repeated);
      await this.#deliver(follower.mapping, batch);
      if (repeats) await this.#deliver(follower.mapping, batch);
      records.splice(0, batch.length);
    }
    follower.running[shard] = false;
  }

  /** Brings a batch to its function until it is taken or given up. */
  async #deliver(mapping: EventSourceMapping, batch: readonly StreamRecord[]): Promise<void> {
    const { clock, lambda, queues } = this.#options;
    let left = batch;
    let failures = 0;
    while (left.length > 0) {
      const identifiers = left.map(({ dynamodb }) => dynamodb.SequenceNumber);
      const outcome = await lambda.invoke(mapping.functionName, { Records: left });
      const failed = failedOf(outcome, mapping.reportsItemFailures, identifiers);
      const first = identifiers.findIndex((identifier) => failed.has(identifier));
      if (first < 0 || this.#options.forgetsFailures) return;
      const isFurther = first > 0;
      left = left.slice(first);
      if (mapping.bisectsOnError && left.length > 1) {
        const middle = Math.ceil(left.length / 2);
        await this.#deliver(mapping, left.slice(0, middle));
        return this.#deliver(mapping, left.slice(middle));
      }
      failures = isFurther ? 1 : failures + 1;
      if (failures > (mapping.mostRetries ?? Number.POSITIVE_INFINITY)) {
        if (mapping.failureQueueArn !== undefined) {
          queues.deliver(mapping.failureQueueArn, JSON.stringify({ identifiers }));
        }
        return;
      }
      await clock.sleep(Math.min(100 * 2 ** failures, 10_000));
    }
  }
}

function shardOf(partition: string): number {
  let hash = 0;
  for (let at = 0; at < partition.length; at += 1) hash = (hash * 31 + partition.charCodeAt(at)) >>> 0;
  return hash % SHARDS;
}
