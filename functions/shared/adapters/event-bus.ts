import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE } from '../config/event-source.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { ServiceEvent } from '../use-cases/service-events.ts';

/** The most entries that EventBridge takes in one request. */
const BATCH_ENTRIES = 10;
/** Tries of entries that EventBridge leaves out, each after twice the wait of the one before. */
const MAX_TRIES = 4;
const FIRST_PAUSE_MS = 100;

export interface EventBusOptions {
  readonly client: EventBridgeClient;
  readonly busName: string;
  readonly pause: (ms: number) => Promise<unknown>;
}

/** A client that gives up soon enough for the batch to be repeated in the same invocation. */
export function createEventBridgeClient(): EventBridgeClient {
  return new EventBridgeClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
  });
}

/** The bus over EventBridge, ten entries a request. EventBridge may take some entries of a request and refuse others. */
export function createEventBus({ client, busName, pause }: EventBusOptions): EventBus<ServiceEvent> {
  async function put(batch: readonly ServiceEvent[]): Promise<ServiceEvent[]> {
    const { Entries: results = [] } = await client.send(
      new PutEventsCommand({
        Entries: batch.map((event) => ({
          EventBusName: busName,
          Source: EVENT_SOURCE,
          DetailType: event.type,
          Time: new Date(event.time),
          Detail: JSON.stringify(event),
        })),
      }),
    );
    return batch.filter((_, position) => results[position]?.EventId === undefined);
  }

  async function putPatiently(batch: readonly ServiceEvent[]): Promise<readonly ServiceEvent[]> {
    let left = batch;
    for (let tries = 1; left.length > 0; tries += 1) {
      left = await put(left);
      if (tries === MAX_TRIES) break;
      if (left.length > 0) await pause(FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
    return left;
  }

  return {
    async publish(events) {
      const refused: ServiceEvent[] = [];
      for (let start = 0; start < events.length; start += BATCH_ENTRIES) {
        refused.push(...(await putPatiently(events.slice(start, start + BATCH_ENTRIES))));
      }
      return refused;
    },
  };
}
