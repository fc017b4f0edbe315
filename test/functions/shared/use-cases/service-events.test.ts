import { readFileSync, writeFileSync } from 'node:fs';
import { CloudEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Booking } from '../../../../functions/shared/domain/booking.ts';
import type { PoolNumber } from '../../../../functions/shared/domain/pool.ts';
import { type SessionOutcome, sessionOutcomes } from '../../../../functions/shared/domain/session.ts';
import type { SessionDigest } from '../../../../functions/shared/domain/session-digest.ts';
import { eventsOf, type StoredChange } from '../../../../functions/shared/use-cases/service-events.ts';
import { serviceEvent } from '../../../../functions/shared/use-cases/service-events-schema.ts';
import { NOON_MS, person, virtualNumber } from '../../../support/bookings.ts';

const quiet = { includePhoneNumbers: false };
const withNumbers = { includePhoneNumbers: true };

const booking: Booking = {
  bookingId: '01JD0000000000000000000001',
  reference: 'ride-1042',
  storedStatus: 'active',
  numbering: 'shared',
  direction: 'both',
  parties: [
    { label: 'rider', phoneNumbers: [person(1)], virtualNumber: virtualNumber(1) },
    { label: 'driver', phoneNumbers: [person(2)], virtualNumber: virtualNumber(1) },
  ],
  recordCalls: false,
  limits: {},
  metadata: { city: 'singapore' },
  createdAtMs: NOON_MS,
  expiresAtMs: NOON_MS + 3_600_000,
  coolDownSeconds: 60,
  version: 1,
};

const session: SessionDigest = {
  sessionId: 's-1',
  bookingId: booking.bookingId,
  status: 'IN_PROGRESS',
  outcome: 'in-progress',
  reachedCallee: false,
  decision: 'connect',
  startedAtMs: NOON_MS,
  endedAtMs: undefined,
  durationSeconds: undefined,
  errorCode: undefined,
  seenRecordings: [],
  inputCount: 2,
};

const number: PoolNumber = {
  virtualNumber: virtualNumber(7),
  country: 'SG',
  state: 'active',
  addedAtMs: NOON_MS,
  updatedAtMs: NOON_MS,
};

const recording = { recordingId: 'r-1', durationSeconds: 40, startedAtMs: NOON_MS, sizeBytes: 1000 };

const changeOf = (kind: StoredChange['kind'], before: unknown, after: unknown): StoredChange =>
  ({ kind, before, after, atMs: NOON_MS + 5000 }) as StoredChange;
const typesOf = (change: StoredChange) => eventsOf(change, quiet).map(({ type }) => type);

describe('a booking', () => {
  test('is told when it is made, changed and ended, each version once', () => {
    const changed = { ...booking, expiresAtMs: NOON_MS + 7_200_000, version: 2 };
    const ended: Booking = { ...changed, storedStatus: 'completed', endedAtMs: NOON_MS + 9000, version: 3 };

    const [created] = eventsOf(changeOf('booking', undefined, booking), quiet);
    const [extended] = eventsOf(changeOf('booking', booking, changed), quiet);
    const [over] = eventsOf(changeOf('booking', changed, ended), quiet);

    expect(created).toMatchObject({
      type: 'booking.created',
      sequence: '0000000000000001',
      time: '2026-11-21T12:00:00.000Z',
    });
    expect(extended).toMatchObject({
      type: 'booking.changed',
      sequence: '0000000000000002',
      data: { changed: ['expiresAt'] },
    });
    expect(over).toMatchObject({
      type: 'booking.ended',
      sequence: '0000000000000003',
      data: { status: 'completed' },
    });
  });

  test('is not told when nothing changed, when it is swept and when it is erased', () => {
    expect(typesOf(changeOf('booking', booking, booking))).toEqual([]);
    expect(typesOf(changeOf('booking', booking, undefined))).toEqual([]);
  });

  test('names no phone number and no metadata, however they are hidden, unless that is switched on', () => {
    const revealing: Booking = {
      ...booking,
      reference: `ride of ${person(1).revealDigits()}`,
      metadata: { callback: person(2).reveal() },
      parties: [
        { ...booking.parties[0], label: person(1).reveal().replace('+65', '+65 ') },
        booking.parties[1],
      ],
    };
    const digits = [person(1), person(2), virtualNumber(1)].map((one) => one.revealDigits());

    const told = JSON.stringify(eventsOf(changeOf('booking', undefined, revealing), quiet));
    const [named] = eventsOf(changeOf('booking', undefined, revealing), withNumbers);

    for (const one of digits) expect(told.replace(/[^\d"]/g, '')).not.toContain(one);
    expect(named).toMatchObject({
      data: {
        reference: revealing.reference,
        metadata: revealing.metadata,
        parties: [{ phoneNumbers: [person(1).reveal()], virtualNumber: virtualNumber(1).reveal() }, {}],
      },
    });
  });
});

describe('a call', () => {
  test.each([
    ['answered', 'call.answered'],
    ['missed', 'call.missed'],
    ['busy', 'call.busy'],
    ['failed', 'call.failed'],
    ['error', 'call.failed'],
    ['canceled', 'call.canceled'],
    ['refused', 'call.refused'],
  ] as const)('that was %s is told as %s', (outcome, type) => {
    expect(typesOf(changeOf('session', session, { ...session, outcome, inputCount: 3 }))).toEqual([type]);
  });

  test('is told as completed when the summary has come, and only then', () => {
    const legsEnded = { ...session, outcome: 'missed' as const, status: 'DISCONNECTED', inputCount: 4 };
    const closed = { ...legsEnded, outcome: 'busy' as const, status: 'BUSY', inputCount: 5 };

    expect(typesOf(changeOf('session', session, legsEnded))).toEqual(['call.missed']);
    expect(typesOf(changeOf('session', legsEnded, closed))).toEqual(['call.busy', 'session.completed']);
    expect(typesOf(changeOf('session', closed, { ...closed, inputCount: 6 }))).toEqual([]);
  });

  test('is told again to the booking that it turns out to belong to', () => {
    const closed = { ...session, outcome: 'answered' as const, status: 'COMPLETED', inputCount: 4 };

    const events = eventsOf(
      changeOf('session', { ...closed, bookingId: undefined }, { ...closed, inputCount: 5 }),
      quiet,
    );

    expect(events.map(({ type }) => type)).toEqual(['call.answered', 'session.completed']);
    expect(events[0]).toMatchObject({ subject: 'session/s-1', sequence: '0000000000000005' });
  });
});

describe('a recording', () => {
  const seen = { ...session, seenRecordings: [recording], inputCount: 3 };
  const unbooked = { ...seen, bookingId: undefined };
  const eventsFrom = (before: SessionDigest | undefined, after: SessionDigest | undefined) =>
    eventsOf(changeOf('session', before, after), quiet);

  test('is told with its booking when its file has been seen, and not again by what comes later', () => {
    const [available] = eventsFrom(session, seen);

    expect(available).toMatchObject({
      type: 'recording.available',
      subject: 'recording/r-1',
      sequence: '0000000000000003',
      data: { recordingId: 'r-1', sessionId: 's-1', bookingId: booking.bookingId },
    });
    expect(eventsFrom(seen, { ...seen, inputCount: 4 })).toEqual([]);
    expect(eventsFrom(seen, undefined)).toEqual([]);
  });

  test('that is there before anything else is told at once, and again when its booking is known', () => {
    const [first] = eventsFrom(undefined, unbooked);
    const [second] = eventsFrom(unbooked, { ...seen, inputCount: 4 });

    expect(first?.data).not.toHaveProperty('bookingId');
    expect(second).toMatchObject({
      type: 'recording.available',
      subject: 'recording/r-1',
      sequence: '0000000000000004',
      data: { bookingId: booking.bookingId },
    });
    expect(second?.id).not.toBe(first?.id);
  });

  test('is told each where a call has several', () => {
    const both = {
      ...seen,
      seenRecordings: [recording, { ...recording, recordingId: 'r-2' }],
      inputCount: 4,
    };

    expect(eventsFrom(seen, both).map(({ subject }) => subject)).toEqual(['recording/r-2']);
  });
});

describe('a virtual number', () => {
  test('is told when it comes, when its state changes and when it goes, but not when it moves in the pool', () => {
    const unhealthy = { ...number, state: 'unhealthy' as const, slot: undefined, updatedAtMs: NOON_MS + 1 };

    expect(typesOf(changeOf('number', undefined, number))).toEqual(['number.active']);
    expect(typesOf(changeOf('number', number, { ...number, slot: 0 }))).toEqual([]);
    expect(typesOf(changeOf('number', number, unhealthy))).toEqual(['number.unhealthy']);
    expect(typesOf(changeOf('number', unhealthy, undefined))).toEqual(['number.removed']);
  });

  test('is named by its last digits, and in full where that is switched on', () => {
    const [told] = eventsOf(changeOf('number', undefined, number), quiet);
    const [named] = eventsOf(changeOf('number', undefined, number), withNumbers);

    expect(told?.data).toEqual({ country: 'SG', state: 'active', endsWith: '0007' });
    expect(named?.data).toMatchObject({ virtualNumber: virtualNumber(7).reveal() });
  });
});

describe('every event', () => {
  const sessions = fc.record({
    outcome: fc.constantFrom<SessionOutcome>(...sessionOutcomes),
    status: fc.constantFrom('IN_PROGRESS', 'DISCONNECTED', 'COMPLETED', 'BUSY', 'ERROR'),
    bookingId: fc.option(fc.constantFrom('b-1', 'b-2'), { nil: undefined }),
    durationSeconds: fc.option(fc.nat(7200), { nil: undefined }),
    seenRecordings: fc.constantFrom([], [recording], [recording, { ...recording, recordingId: 'r-2' }]),
    errorCode: fc.option(fc.nat(50), { nil: undefined }),
  });

  test('has an id that stays when the change is delivered again and differs from every other', () => {
    fc.assert(
      fc.property(fc.array(sessions, { minLength: 1, maxLength: 12 }), (steps) => {
        const states = steps.map((step, at) => ({ ...session, ...step, inputCount: at + 1 }));
        const changes = states.map((state, at) => changeOf('session', states[at - 1], state));

        const ids = changes.flatMap((change) => eventsOf(change, quiet)).map(({ id }) => id);
        const again = changes.flatMap((change) => eventsOf(change, quiet)).map(({ id }) => id);

        expect(again).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  test('fits its schema', () => {
    const changes = [
      changeOf('booking', undefined, booking),
      changeOf('booking', booking, { ...booking, recordCalls: true, version: 2 }),
      changeOf('booking', booking, { ...booking, storedStatus: 'cancelled', endedAtMs: NOON_MS, version: 2 }),
      changeOf('session', undefined, {
        ...session,
        outcome: 'answered',
        status: 'COMPLETED',
        endedAtMs: NOON_MS,
        durationSeconds: 40,
      }),
      changeOf('session', undefined, { ...session, seenRecordings: [recording] }),
      changeOf('number', undefined, number),
      changeOf('number', number, undefined),
    ];

    for (const options of [quiet, withNumbers]) {
      const events = changes.flatMap((change) => eventsOf(change, options));
      expect(events).toHaveLength(8);
      for (const event of events) {
        expect(serviceEvent.parse(event)).toEqual(event);
        // As a receiver reads it with the CloudEvents SDK, in the structured form in which it is posted.
        const read = HTTP.toEvent({
          headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
          body: JSON.stringify(event),
        });
        expect(read).toMatchObject({ id: event.id, type: event.type, data: event.data });
        expect(new CloudEvent<unknown>(event).validate()).toBe(true);
      }
    }
  });

  test('is described by the schema in the repository (after a change, run once with UPDATE_SCHEMAS=1)', () => {
    const file = new URL(
      '../../../../functions/shared/use-cases/service-events.schema.json',
      import.meta.url,
    );
    const schema = z.toJSONSchema(serviceEvent, { target: 'draft-2020-12' });
    if (process.env.UPDATE_SCHEMAS === '1') writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);

    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema);
  });
});
