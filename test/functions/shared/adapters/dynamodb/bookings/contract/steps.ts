import { type RoutingDecision, routeCall } from '../../../../../../../functions/shared/domain/call-route.ts';
import type { PhoneNumber } from '../../../../../../../functions/shared/domain/phone-number.ts';
import {
  type BookingDraft,
  type MadeBooking,
  makeBooking,
} from '../../../../../../../functions/shared/use-cases/make-booking.ts';
import type { BookingWorld } from '../../../../../../support/memory-booking-store.ts';

/** Gives an empty world of its own to each test. */
export type OpenWorld = () => Promise<BookingWorld>;

export const book = (world: BookingWorld, draft: BookingDraft): Promise<MadeBooking> =>
  makeBooking(draft, world.deps);

/** What becomes of a call that comes in now. */
export async function decide(
  world: BookingWorld,
  caller: PhoneNumber,
  dialled: PhoneNumber,
): Promise<RoutingDecision> {
  const route = await world.routes.find(dialled, caller, new AbortController().signal);
  return routeCall({ sessionId: 's', caller, virtualNumber: dialled }, route, world.clock.nowMs);
}

export const codeOf = (settled: PromiseSettledResult<unknown>) =>
  settled.status === 'fulfilled' ? 'made' : settled.reason.code;
