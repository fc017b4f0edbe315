import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { logFailures } from '../shared/observability/log-failures.ts';
import type { Logger } from '../shared/observability/logger.ts';
import {
  type BookingMove,
  type FollowBookingsDependencies,
  followBookings,
} from '../shared/use-cases/follow-bookings.ts';

export interface BookingFollowerDependencies {
  readonly following: FollowBookingsDependencies;
  /** Reads one record of the stream; undefined for a row that is no booking. */
  readonly moveOf: (record: DynamoDBRecord) => BookingMove | undefined;
  readonly logger: Logger;
}

/**
 * Does what follows from bookings, from the stream of their table. A batch that fails comes again as a whole or in
 * halves, and changes nothing that was done.
 */
export function createBookingFollower({ following, moveOf, logger }: BookingFollowerDependencies) {
  return logFailures(
    logger,
    'BOOKINGS_NOT_FOLLOWED',
    async ({ Records: records }: DynamoDBStreamEvent): Promise<void> => {
      const moves = records.flatMap((record) => moveOf(record) ?? []);
      const once = records.map(({ eventID }) => eventID).join();
      await followBookings(moves, once, following);
      logger.info('BOOKINGS_FOLLOWED', { count: moves.length });
    },
  );
}
