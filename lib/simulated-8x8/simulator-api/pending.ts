import * as z from 'zod';
import { ok, type Route, readBody } from '../http.ts';
import { isoMilliseconds } from '../model/clock.ts';
import { webhookTypes } from '../model/webhook-types.ts';
import { type Platform, settled } from '../platform.ts';
import { flushDeliveries } from '../webhooks/deliveries.ts';
import { pendingReasons } from '../webhooks/outgoing-events.ts';

const MOST_CONCURRENT = 32;

const flushSchema = z.strictObject({
  /** Failed deliveries are tried again only when they are named. */
  reasons: z.array(z.enum(pendingReasons)).default(['dropped', 'delayed', 'held']),
  webhooks: z.array(z.enum(webhookTypes)).default([...webhookTypes]),
  sessionId: z.string().optional(),
  order: z.enum(['due', 'shuffled']).default('due'),
  /** Decides the order when it is shuffled. */
  seed: z.union([z.int().min(0), z.string()]).default(0),
  concurrency: z.int().min(1).max(MOST_CONCURRENT).default(1),
});

/** Deliveries that wait. */
export function pendingRoutes(platform: Platform): Route[] {
  return [
    {
      method: 'GET',
      path: '/simulator/pending',
      summary: 'Deliveries that were dropped, delayed, held back or not taken',
      handle: () =>
        ok({
          items: platform.run.pending.map(({ event, dueMs, reason }) => ({
            webhook: event.webhook,
            reason,
            sessionId: event.sessionId,
            dueAt: isoMilliseconds(dueMs),
          })),
          nextCursor: null,
        }),
    },
    {
      method: 'POST',
      path: '/simulator/flush',
      summary: 'Deliver all that is pending, in the order of its time',
      async handle({ body }) {
        const { sessionId, seed, ...request } = readBody(flushSchema, body);
        await settled(platform);
        return ok(await flushDeliveries(platform, { ...request, sessionId, seed: String(seed) }));
      },
    },
  ];
}
