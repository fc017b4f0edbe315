import * as z from 'zod';
import type { CallPrices } from '../domain/booking-totals.ts';

const callPrices = z
  .object({
    currency: z.string(),
    inboundPerMinute: z.number(),
    outboundPerMinute: z.number(),
    incrementSeconds: z.number(),
  })
  .nullable();

/**
 * Reads the prices as the deployment configured them.
 * @returns undefined where there are none.
 * @throws when they are something else: a deployment error that must show at start.
 */
export function readCallPrices(json: string): CallPrices | undefined {
  return callPrices.parse(JSON.parse(json)) ?? undefined;
}
