import type { BookingsTable } from './bookings-table.ts';
import type { CallRoutesTable } from './call-routes-table.ts';
import type { CallsTable } from './calls-table.ts';
import type { RecordingsBucket } from './recordings-bucket.ts';
import type { ServiceFunction } from './service-function.ts';

interface ErasureParts {
  readonly bookings: BookingsTable;
  readonly callRoutes: CallRoutesTable;
  readonly calls: CallsTable;
  readonly recordingsBucket: RecordingsBucket;
}

/** Lets a function erase a person from everything that is kept: the three tables and the recordings. */
export function grantErasure(service: ServiceFunction, parts: ErasureParts): void {
  parts.bookings.grantErase(service);
  parts.callRoutes.grantErase(service);
  parts.calls.grantErase(service);
  parts.recordingsBucket.grantEraseRecordings(service);
}
