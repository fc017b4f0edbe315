import { changingBookings } from './contract/changing-bookings.ts';
import { countingCalls } from './contract/counting-calls.ts';
import { keepingNumbersBlocked } from './contract/keeping-numbers-blocked.ts';
import { makingBookings } from './contract/making-bookings.ts';
import { poolOfNumbers } from './contract/pool-of-numbers.ts';
import { searchingBookings } from './contract/searching-bookings.ts';
import type { OpenWorld } from './contract/steps.ts';

/** What every store of bookings promises, whatever it is made of. */
export function bookingStoreContract(open: OpenWorld): void {
  makingBookings(open);
  changingBookings(open);
  countingCalls(open);
  keepingNumbersBlocked(open);
  searchingBookings(open);
  poolOfNumbers(open);
}
