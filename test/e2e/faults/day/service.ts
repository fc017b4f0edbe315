import type { Random } from '../../../../functions/shared/domain/allocation.ts';
import { openBackground } from './background.ts';
import { openBookingApi } from './booking-api.ts';
import { openWebhooks } from './webhooks.ts';
import { openWorld } from './world.ts';

/** Every function of the service with its real handler, one log for all, and a world around them that fails. */
export function openService(random: Random) {
  const day = openWorld(random);
  const { lines, about, world } = day;
  return {
    lines,
    about,
    clock: world.clock,
    addNumbers: world.addNumbers,
    send: openWebhooks(day),
    api: openBookingApi(day),
    background: openBackground(day),
  };
}

export type DayService = ReturnType<typeof openService>;
