/**
 * The partition of the indexes by time and by outcome that calls of this moment go to. One is enough for some hundred
 * calls a second.
 */
export const timeSlotOf = (_startedAtMs: number): string => 'all';

/** The partitions in which the calls of a time may be. */
export const slotsBetween = (_fromMs: number, _toMs: number): readonly string[] => ['all'];
