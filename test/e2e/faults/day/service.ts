import type { Random } from '../../../../functions/shared/domain/allocation.ts';
import { openBackground } from './background.ts';
import { openBookingApi } from './booking-api.ts';
import { openHouse } from './house.ts';
import { openWebhooks } from './webhooks.ts';

/** Every function of the service with its real handler, one log for all, and a world around them that fails. */
export function openService(random: Random) {
  const house = openHouse(random);
  const { lines, world, about } = house;
  return {
    lines,
    about,
    clock: world.clock,
    addNumbers: world.addNumbers,
    send: openWebhooks(house),
    api: openBookingApi(house),
    background: openBackground(house),
  };
}

export type DayService = ReturnType<typeof openService>;
