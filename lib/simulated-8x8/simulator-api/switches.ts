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

/** A setting of the run: GET tells it, PUT replaces it. */
function setting(path: string, about: string, tell: () => object, replace: (body: string) => void): Route[] {
  return [
    { method: 'GET', path, summary: about, handle: () => ok(tell()) },
    {
      method: 'PUT',
      path,
      summary: `Set ${about}; what is left out is as usual`,
      handle({ body }) {
        replace(body);
        return ok(tell());
      },
    },
  ];
}

/** What can be thrown while the simulator runs: faults, variations, limits, time. */
export function switchRoutes(platform: Platform): Route[] {
  return [
    ...setting(
      '/simulator/faults',
      'the faults of every call that brings none of its own',
      () => platform.run.faults,
      (body) => {
        platform.run.faults = readBody(faultsSchema, body);
      },
    ),
    ...setting(
      '/simulator/variations',
      'how the account words what the documentation contradicts itself about',
      () => platform.run.variations,
      (body) => {
        platform.run.variations = withVariations(
          documentedVariations,
          readBody(partialVariationsSchema, body),
        );
      },
    ),
    ...setting(
      '/simulator/delivery',
      'limits of the webhook client',
      () => platform.run.delivery,
      (body) => {
        platform.run.delivery = readBody(deliverySettingsSchema, body);
      },
    ),
    ...setting(
      '/simulator/clock',
      'the simulated time; set it with `now`, or move it with `advanceSeconds`',
      () => ({ now: isoMilliseconds(platform.clock.nowMs()) }),
      (body) => {
        const change = readBody(clockSchema, body);
        if ('now' in change) platform.clock.set(Date.parse(change.now));
        else platform.clock.advance(change.advanceSeconds * 1000);
      },
    ),
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
