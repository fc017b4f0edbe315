import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { presentSession } from '../../../../../../functions/booking-api/session-presentation.ts';
import { type SessionInput, sessionOutcomes } from '../../../../../../functions/shared/domain/session.ts';
import { foldSession } from '../../../../../../functions/shared/domain/session-fold.ts';
import { openCallsWorld } from '../../../../../support/calls-world.ts';
import { startTestDatabase, type TestDatabase } from '../../../../../support/dynamodb-engine.ts';
import { propertyRuns } from '../../../../../support/property-runs.ts';
import {
  answeredCall,
  callAtMs,
  driver,
  recordingInput,
  rider,
  sessionId,
} from '../../../../../support/session-inputs.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database.stop());

/** Everything of a call, some of it twice, in any order, each at any time, some of it at once. */
const arrivals = fc
  .tuple(
    fc.shuffledSubarray(answeredCall(), { minLength: 9 }),
    fc.shuffledSubarray(
      [...answeredCall(), recordingInput({ verified: false, key: undefined, sizeBytes: undefined })],
      { maxLength: 5 },
    ),
    fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 15, maxLength: 15 }),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([all, again, delays, together]) => ({
    inputs: [...all, ...again].map((input, at) => ({ input, receivedAtMs: callAtMs + (delays[at] ?? 0) })),
    together,
  }));

test('whatever comes when, how often and with what, a call ends in one state and in the right lists', async () => {
  const expected = foldSession(sessionId, answeredCall());

  await fc.assert(
    fc.asyncProperty(arrivals, async ({ inputs, together }) => {
      const { recorder, calls, listedAs } = await openCallsWorld(database);
      for (let at = 0; at < inputs.length; at += together) {
        const batch = inputs.slice(at, at + together);
        await Promise.all(
          batch.map(({ input, receivedAtMs }: { input: SessionInput; receivedAtMs: number }) =>
            recorder.record(sessionId, input, { receivedAtMs }),
          ),
        );
      }

      const found = await calls.findSession(sessionId);
      expect(found && presentSession(found)).toEqual(presentSession(expected));
      const page = { limit: 10, nowMs: callAtMs };
      for (const search of [{ day: '2026-11-21' }, { phoneNumber: rider }, { phoneNumber: driver }]) {
        const { items } = await calls.searchSessions({ ...search, ...page });
        expect(items.map((view) => [view.sessionId, view.outcome])).toEqual([[sessionId, 'answered']]);
      }
      const ofBooking = await calls.sessionsOfBooking(expected.bookingId ?? '', page);
      expect(ofBooking.items).toHaveLength(1);
      expect(await calls.findRecording('rec-1')).toMatchObject({ verified: true });
      for (const outcome of sessionOutcomes) {
        expect(await listedAs(outcome)).toEqual(outcome === 'answered' ? [sessionId] : []);
      }
    }),
    propertyRuns(25),
  );
});
