import { describe } from 'vitest';
import { createMemoryWorld } from '../../../../support/memory-booking-store.ts';
import { bookingStoreContract } from '../dynamodb/bookings/booking-store-contract.ts';

describe('bookings in memory', () => {
  bookingStoreContract(async () => createMemoryWorld());
});
