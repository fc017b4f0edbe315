import type { PhoneNumber } from '../domain/phone-number.ts';
import type { ErasureCounts, PersonTraces } from '../ports/person-traces.ts';
import { type EraseBookingDependencies, eraseTrace } from './erase-booking.ts';

/** What one request did; an erasure that is not complete goes on with the next request. */
export interface ErasureReport {
  readonly erased: ErasureCounts;
  readonly complete: boolean;
}

export interface ErasureDependencies extends EraseBookingDependencies {
  readonly traces: PersonTraces;
  /** How long one request may work. */
  readonly patienceMs: number;
  readonly newErasureId: () => string;
}

const NOTHING: ErasureCounts = {
  bookings: 0,
  claims: 0,
  sessions: 0,
  recordings: 0,
  repeatableAnswers: 0,
  personRows: 0,
};

/**
 * Erases a person: every booking, call and recording that names the number, and whatever else is kept of it. Bookings
 * that are live are cancelled first, so that nobody is connected meanwhile and other systems hear of their end.
 *
 * The person is marked before anything is looked for, so a booking that is being made at this moment finds the mark or
 * is found (see `second-look.ts`). Each step deletes the note by which it was found last of all, so an erasure that was
 * cut short, by time or by a crash, goes on with the next request; repeating a complete one finds nothing. Everything is
 * found by keys, so what it costs grows with what is kept of the person and not with the tables.
 */
export async function eraseParty(person: PhoneNumber, deps: ErasureDependencies): Promise<ErasureReport> {
  const { traces, nowMs, patienceMs } = deps;
  const endMs = nowMs() + patienceMs;
  const { id, erased: earlier } = await traces.beginErasure(person, deps.newErasureId(), nowMs());
  const erased: Record<keyof ErasureCounts, number> = { ...NOTHING, ...earlier };

  async function pauseErasure(): Promise<ErasureReport> {
    await traces.saveProgress(person, erased);
    return { erased, complete: false };
  }

  for await (const trace of traces.bookingTraces(person)) {
    if (nowMs() >= endMs) return pauseErasure();
    const found = await eraseTrace(person, trace, deps);
    erased.bookings += found.bookings;
    erased.claims += found.claims;
    erased.repeatableAnswers += found.repeatableAnswers;
  }

  for await (const sessionId of traces.sessionIds(person)) {
    if (nowMs() >= endMs) return pauseErasure();
    const deleted = await traces.deleteSession(sessionId, person);
    erased.sessions += deleted.sessions;
    erased.recordings += deleted.recordings;
  }

  erased.personRows += await traces.deletePersonRows(person);
  await traces.completeErasure(person, id, nowMs());
  return { erased, complete: true };
}
