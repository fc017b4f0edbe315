import type { CallRoute } from '../domain/call-route.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';

/** The look-up that answers a call. */
export interface CallRoutes {
  /**
   * One read by key, and nothing else: somebody is listening to silence.
   * @throws when the store cannot answer before `signal` aborts.
   */
  find(virtualNumber: PhoneNumber, caller: PhoneNumber, signal: AbortSignal): Promise<CallRoute | undefined>;
}
