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

/**
 * The bus over EventBridge, ten entries a request. EventBridge may take some entries of a request and refuse others:
 * what comes after a refused one, of the same booking or call, is kept back with it.
 */
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
      const untaken = new Set<ServiceEvent>();
      const stopped = new Set<string>();
      let waiting: readonly ServiceEvent[] = events;
      while (waiting.length > 0) {
        const { batch, later, held } = nextBatch(waiting, stopped);
        const left = batch.length === 0 ? [] : await putPatiently(batch);
        for (const event of [...held, ...left]) {
          untaken.add(event);
          for (const name of ordersOf(event)) stopped.add(name);
        }
        waiting = later;
      }
      return events.filter((event) => untaken.has(event));
    },
  };
}

/** In which orders an event stands: of what it is about, and of the booking that this belongs to. */
function ordersOf({ subject, data }: ServiceEvent): string[] {
  return 'bookingId' in data && data.bookingId !== undefined
    ? [subject, `booking/${data.bookingId}`]
    : [subject];
}

/**
 * The next events for one request, no two of one order, because the bus may refuse the first and take the second;
 * and those that must not be told at all, because one before them was not.
 */
function nextBatch(waiting: readonly ServiceEvent[], stopped: ReadonlySet<string>) {
  const batch: ServiceEvent[] = [];
  const later: ServiceEvent[] = [];
  const held: ServiceEvent[] = [];
  const behind = new Set(stopped);
  const taken = new Set<string>();
  for (const event of waiting) {
    const orders = ordersOf(event);
    if (orders.some((name) => behind.has(name))) {
      held.push(event);
      for (const name of orders) behind.add(name);
      continue;
    }
    const isNext = batch.length < BATCH_ENTRIES && !orders.some((name) => taken.has(name));
    (isNext ? batch : later).push(event);
    // Whatever comes after one that waits has to wait as well.
    for (const name of orders) taken.add(name);
  }
  return { batch, later, held };
}
