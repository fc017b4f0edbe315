import * as z from 'zod';
import { ok, type Route, readBody } from '../http.ts';
import { isoMilliseconds } from '../model/clock.ts';
import { faultsSchema } from '../model/faults.ts';
import { managementFaultSchema } from '../model/management-faults.ts';
import { documentedVariations, partialVariationsSchema, withVariations } from '../model/variations.ts';
import type { Platform } from '../platform.ts';

const LONGEST_TIMEOUT_MS = 120_000;
const MOST_RETRIES = 10;
const LARGEST_ANSWER_BYTES = 10_485_760;

/** Limits of the webhook client, as a request or an option gives them. */
export const deliverySettingsSchema = z.strictObject({
  timeoutMs: z.number().min(1).max(LONGEST_TIMEOUT_MS).default(5_000),
  retries: z.int().min(0).max(MOST_RETRIES).default(0),
  longestAnswerBytes: z.int().min(1).max(LARGEST_ANSWER_BYTES).default(65_536),
});

const clockSchema = z.union([
  z.strictObject({ now: z.iso.datetime({ offset: true }) }),
  z.strictObject({ advanceSeconds: z.number() }),
]);

const resetSchema = z.strictObject({
  /** Also forget the webhooks and the recording push config. */
  account: z.boolean().default(false),
});

/** What can be thrown while the simulator runs: faults, variations, limits, time. */
export function switchRoutes(platform: Platform): Route[] {
  return [
    {
      method: 'GET',
      path: '/simulator/faults',
      summary: 'The faults of every call that brings none of its own',
      handle: () => ok(platform.run.faults),
    },
    {
      method: 'PUT',
      path: '/simulator/faults',
      summary: 'Replace these faults',
      handle({ body }) {
        platform.run.faults = readBody(faultsSchema, body);
        return ok(platform.run.faults);
      },
    },
    {
      method: 'GET',
      path: '/simulator/variations',
      summary: 'How the account words what the documentation contradicts itself about',
      handle: () => ok(platform.run.variations),
    },
    {
      method: 'PUT',
      path: '/simulator/variations',
      summary: 'Replace these variations; what is left out is as documented',
      handle({ body }) {
        platform.run.variations = withVariations(
          documentedVariations,
          readBody(partialVariationsSchema, body),
        );
        return ok(platform.run.variations);
      },
    },
    {
      method: 'GET',
      path: '/simulator/delivery',
      summary: 'Limits of the webhook client',
      handle: () => ok(platform.run.delivery),
    },
    {
      method: 'PUT',
      path: '/simulator/delivery',
      summary: 'Replace these limits; what is left out is as usual',
      handle({ body }) {
        platform.run.delivery = readBody(deliverySettingsSchema, body);
        return ok(platform.run.delivery);
      },
    },
    {
      method: 'GET',
      path: '/simulator/management-faults',
      summary: 'The armed faults of the management API',
      handle: () => ok({ items: platform.run.managementFaults, nextCursor: null }),
    },
    {
      method: 'POST',
      path: '/simulator/management-faults',
      summary: 'Let the next requests to the management API fail',
      handle({ body }) {
        const fault = readBody(managementFaultSchema, body);
        platform.run.managementFaults = [...platform.run.managementFaults, fault];
        return ok({ items: platform.run.managementFaults, nextCursor: null });
      },
    },
    {
      method: 'DELETE',
      path: '/simulator/management-faults',
      summary: 'Disarm them',
      handle() {
        platform.run.managementFaults = [];
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: '/simulator/clock',
      summary: 'The simulated time',
      handle: () => ok({ now: isoMilliseconds(platform.clock.nowMs()) }),
    },
    {
      method: 'PUT',
      path: '/simulator/clock',
      summary: 'Set it with `now`, or move it with `advanceSeconds`',
      handle({ body }) {
        const change = readBody(clockSchema, body);
        if ('now' in change) platform.clock.set(Date.parse(change.now));
        else platform.clock.advance(change.advanceSeconds * 1000);
        return ok({ now: isoMilliseconds(platform.clock.nowMs()) });
      },
    },
    {
      method: 'POST',
      path: '/simulator/reset',
      summary: 'Forget sessions, faults and variations; with `account`, webhooks and push config too',
      handle({ body }) {
        platform.reset(readBody(resetSchema, body));
        return ok({ reset: true });
      },
    },
  ];
}
