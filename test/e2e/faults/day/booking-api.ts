import type { Context } from 'aws-lambda';
import { createBookingApiHandler } from '../../../../functions/booking-api/handler.ts';
import { serviceOperations } from '../../../../functions/booking-api/service-operations.ts';
import { createMemoryCallRequests } from '../../../../functions/shared/adapters/memory/memory-call-requests.ts';
import { createMemoryConversations } from '../../../../functions/shared/adapters/memory/memory-conversations.ts';
import type { PersonTraces } from '../../../../functions/shared/ports/person-traces.ts';
import type { PoolCounts } from '../../../../functions/shared/ports/pool-summary.ts';
import { sampleEvent } from '../../../support/webhooks.ts';
import { openEightByEight } from './eight-by-eight.ts';
import type { DayWorld } from './world.ts';

export interface DayRequest {
  readonly path?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

const emptyCounts: PoolCounts = {
  add: async () => undefined,
  totals: async () => ({ liveBookings: 0, busiestPartyHolds: 0, refusalsLastHour: 0 }),
  numbersByCountry: async () => new Map(),
};

/** Asks the booking API, with every operation that is deployed. */
export function openBookingApi(day: DayWorld) {
  const { logger, nowMs, world, random } = day;
  const eightByEight = openEightByEight(day);
  const conversations = createMemoryConversations();
  let made = 0;
  const operations = serviceOperations({
    ...world.deps,
    // Random ids would now and then spell a number of this day by chance.
    newBookingId: () => {
      made += 1;
      return `booking-${made}`;
    },
    store: day.unreliable(world.bookings),
    numbers: day.unreliable(world.numbers),
    numberBookings: day.unreliable(world.numberBookings),
    poolCounts: day.unreliable(emptyCounts),
    blocklist: day.unreliable(world.blocklist),
    calls: day.unreliable(day.calls),
    recorder: day.unreliable(day.calls),
    callRoutes: day.unreliable(world.routes),
    callRequests: day.unreliable(createMemoryCallRequests()),
    counter: day.unreliable(world.counter),
    recordingLinks: day.unreliable({
      downloadUrl: async (key: string) => ({
        url: `https://recordings.example/${key}`,
        expiresAtMs: nowMs(),
      }),
    }),
    traces: day.unreliable(traces(day)),
    newErasureId: () => `erasure-${made}`,
    menus: day.unreliable(conversations.menus),
    strangers: day.unreliable(conversations.strangers),
    outboundDialogues: day.unreliable(conversations.outboundDialogues),
    voices: undefined,
    inventory: eightByEight,
    sender: eightByEight,
    logger,
    rules: {
      defaultSeconds: 7200,
      longestSeconds: 86_400,
      coolDownSeconds: 0,
      leastCoolDownSeconds: 0,
      numbering: 'shared',
      sticky: false,
      recordings: true,
    },
  });
  const handler = createBookingApiHandler({
    operations,
    logger,
    isStoreUnavailable: () => random() < 0.5,
  });
  const sample = sampleEvent('call-action');
  const asked = new Set<string>();

  async function ask(routeKey: string, { path = {}, query = {}, body }: DayRequest = {}) {
    asked.add(routeKey);
    const event = {
      ...sample,
      routeKey,
      pathParameters: path,
      queryStringParameters: query,
      body: JSON.stringify(body) ?? '',
    };
    const answer = await handler(event, {} as Context);
    return { status: answer.statusCode ?? 0, json: JSON.parse(answer.body || '{}') };
  }

  return { ask, asked, routeKeys: operations.map(({ routeKey }) => routeKey) };
}

/** What is kept of a person, and a call beside it. */
function traces({ world }: DayWorld): PersonTraces {
  return {
    ...world.traces,
    async *sessionIds() {
      yield 'session-1';
    },
    deleteSession: async () => ({ sessions: 1, recordings: 1 }),
  };
}
