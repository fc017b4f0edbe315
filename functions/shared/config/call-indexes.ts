/**
 * The indexes of the record of calls: name to partition key and sort key. The stack makes them, and the functions
 * ask them.
 *
 * Imported by `lib/` and by the runtime: this file must import nothing.
 */
export const callIndexes = {
  byTime: ['timeSlot', 'sessionOrder'],
  byOutcome: ['outcomeSlot', 'sessionOrder'],
  byBooking: ['bookingId', 'sessionOrder'],
  byCaller: ['callerNumber', 'sessionOrder'],
  byCallee: ['calleeNumber', 'sessionOrder'],
  byRecording: ['recordingId', 'sessionOrder'],
} as const;

export type CallIndex = keyof typeof callIndexes;
