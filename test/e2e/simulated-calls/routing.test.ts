import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decisionReasons } from '../../../functions/shared/domain/call-route.ts';
import { type MaskedService, startMaskedService } from './masked-service.ts';
import { refusedCalls } from './refused-calls.ts';

let masked: MaskedService;

beforeAll(async () => {
  masked = await startMaskedService();
}, 120_000);

afterAll(() => masked[Symbol.asyncDispose]());

const REFUSED = { status: 'COMPLETED', outcome: 'refused', reachedCallee: false, durationSeconds: 0 };

describe('a party of a live booking', () => {
  test('is connected to the other one in both directions, with the virtual number as caller ID', async () => {
    const ride = await masked.book();

    const there = await masked.call({ from: ride.rider, to: ride.virtualNumber, talkSeconds: 40 });
    const back = await masked.call({ from: ride.driver, to: ride.virtualNumber, talkSeconds: 20 });

    expect(there).toMatchObject({ status: 'COMPLETED', connectedTo: ride.driver, heard: [] });
    expect(back).toMatchObject({ status: 'COMPLETED', connectedTo: ride.rider, heard: [] });
    expect(there.legs[1]).toMatchObject({ source: ride.virtualNumber, destination: ride.driver });
    expect(await masked.session(there.sessionId)).toMatchObject({
      bookingId: ride.bookingId,
      status: 'COMPLETED',
      outcome: 'answered',
      reachedCallee: true,
      durationSeconds: 40,
      decision: { kind: 'connect', bookingId: ride.bookingId },
    });
  });

  test('is recorded where the booking says so, and the recording can be fetched', async () => {
    const ride = await masked.book();

    const call = await masked.call({ from: ride.rider, to: ride.virtualNumber });
    const { recordings } = await masked.session(call.sessionId, (session) => session.recordings[0]?.verified);
    const download = await masked.api('GET', `/v1/recordings/${recordings[0].recordingId}/download`);
    const audio = await fetch(download.body.url);

    expect(recordings).toMatchObject([{ key: call.recordingKey, verified: true, durationSeconds: 30 }]);
    expect((await audio.arrayBuffer()).byteLength).toBe(recordings[0].sizeBytes);
  });

  test('is not recorded otherwise', async () => {
    const ride = await masked.book({ recordCalls: false });

    const call = await masked.call({ from: ride.rider, to: ride.virtualNumber });

    expect(call.recording).toBeNull();
    expect((await masked.session(call.sessionId)).recordings).toEqual([]);
  });

  test('sees the number that suits it where each party has its own', async () => {
    const ride = await masked.book({ numbering: 'per-party' });
    const { body } = await masked.api('GET', `/v1/bookings/${ride.bookingId}`);
    const [riderSees, driverSees] = body.parties.map(
      (party: { virtualNumber: string }) => party.virtualNumber,
    );

    const call = await masked.call({ from: ride.rider, to: riderSees });

    expect(call.connectedTo).toBe(ride.driver);
    expect(call.legs[1].source).toBe(driverSees);
  });
});

describe('a call is refused', () => {
  const every = Object.entries(refusedCalls).flatMap(([kind, calls]) =>
    calls.map((call) => ({ kind, ...call })),
  );

  test('for every reason that there is', () => {
    // A scanner is told from its tries, which no single call shows; the tests of the call-action function play them.
    expect(['connect', 'scanner', ...Object.keys(refusedCalls)].sort()).toEqual(
      Object.keys(decisionReasons).sort(),
    );
  });

  test.each(every)('$where ($kind)', async ({ kind, arrange, heard }) => {
    const { request, bookingId } = await arrange(masked);

    const call = await masked.call(request);
    const session = await masked.session(call.sessionId);

    expect(call).toMatchObject({ status: 'COMPLETED', connectedTo: null, recording: null });
    expect(call.legs).toHaveLength(1);
    expect(call.heard.join(' ')).toMatch(heard);
    expect(session).toMatchObject({ ...REFUSED, bookingId, decision: { kind, bookingId } });
    expect(session.decision.reason).toBe(new Map(Object.entries(decisionReasons)).get(kind));
    expect(session.legs).toMatchObject([{ direction: 'INBOUND', status: 'COMPLETED' }]);
  });

  test('where the store fails: the caller hears an apology, and nobody is called', async () => {
    const ride = await masked.book();
    const failing = { database: { failEvery: 1, operations: ['GetItem', 'BatchGetItem'] } };
    await masked.api('POST', '/local-cloud/faults', failing);
    const call = await masked
      .call({ from: ride.rider, to: ride.virtualNumber, deliver: 'on-flush' })
      .finally(() => masked.api('POST', '/local-cloud/faults', {}));

    await masked.simulator('POST', '/simulator/flush', { reasons: ['held', 'failed'] });

    expect(call).toMatchObject({ connectedTo: null });
    expect(call.heard.join(' ')).toMatch(/at the moment/);
    const session = await masked.session(call.sessionId, ({ decision, outcome }) => decision && outcome);
    expect(session).toMatchObject({ reachedCallee: false, decision: { kind: 'service-unavailable' } });
  }, 60_000);
});

describe('click-to-call', () => {
  test('rings one party, then the other, and belongs to the booking', async () => {
    const ride = await masked.book();

    const started = await masked.api('POST', `/v1/bookings/${ride.bookingId}/calls`, {
      firstParty: 'driver',
    });
    const path = `/simulator/sessions/${started.body.sessionId}?wait=true`;
    const { body: played } = await masked.simulator('GET', path);

    expect(started).toMatchObject({ status: 202, body: { firstParty: 'driver', bookingId: ride.bookingId } });
    expect(played.legs.map((leg: { destination: string }) => leg.destination)).toEqual([
      ride.driver,
      ride.rider,
    ]);
    expect(
      await masked.session(started.body.sessionId, ({ outcome }) => outcome === 'answered'),
    ).toMatchObject({
      bookingId: ride.bookingId,
      outcome: 'answered',
      decision: { kind: 'click-to-call' },
    });
    const listed = await masked.api('GET', `/v1/bookings/${ride.bookingId}/sessions`);
    expect(listed.body.items).toHaveLength(1);
  });

  test('does not ring anybody for a booking that is over, or a party that it does not have', async () => {
    const ride = await masked.book();
    const path = `/v1/bookings/${ride.bookingId}/calls`;

    const unknown = await masked.api('POST', path, { firstParty: 'passenger' });
    await masked.api('POST', `/v1/bookings/${ride.bookingId}/complete`);
    const over = await masked.api('POST', path);
    const never = await masked.api('POST', '/v1/bookings/01JD0000000000000000000000/calls');

    expect(unknown).toMatchObject({ status: 400, body: { errors: [{ path: 'firstParty' }] } });
    expect(over).toMatchObject({ status: 409, body: { code: 'BOOKING_ENDED' } });
    expect(never).toMatchObject({ status: 404, body: { code: 'BOOKING_NOT_FOUND' } });
  });

  test.each([
    [429, 'rate-limited'],
    [500, 'server'],
    ['reset', 'unreachable'],
  ])('answers 503 with advice where 8x8 fails with %s', async (status, reason) => {
    const ride = await masked.book();
    const fault = { status, next: 5, pathContains: 'callflows' };
    await masked.simulator('POST', '/simulator/management-faults', fault);

    const answer = await masked.api('POST', `/v1/bookings/${ride.bookingId}/calls`);
    await masked.simulator('DELETE', '/simulator/management-faults');

    expect(answer).toMatchObject({ status: 503, body: { code: 'EIGHT_BY_EIGHT_UNAVAILABLE', reason } });
    expect(answer.body.detail).toMatch(/^Could not send the callflow: .+\. .+\.$/);
  });
});

describe('POST /v1/numbers/sync', () => {
  test('takes over what 8x8 says of its numbers, and leaves what it no longer lists without new bookings', async () => {
    const unhealthy = encodeURIComponent('+6531290009');
    const gone = encodeURIComponent('+6531290010');
    const added = encodeURIComponent('+6531290011');
    const silently = { faults: { VNU: { drop: 1 } } };
    const health = { operationalStatus: 'Unhealthy', ...silently };
    await masked.simulator('POST', `/simulator/numbers/${unhealthy}/health`, health);
    await masked.simulator('DELETE', `/simulator/numbers/${gone}`, silently);
    await masked.simulator('PUT', `/simulator/numbers/${added}`, silently);

    const first = await masked.api('POST', '/v1/numbers/sync');
    const second = await masked.api('POST', '/v1/numbers/sync');

    const { body: pool } = await masked.api('GET', '/v1/numbers?limit=100');
    const states = Object.fromEntries(
      pool.items.map((number: { virtualNumber: string; state: string }) => [
        number.virtualNumber,
        number.state,
      ]),
    );
    expect(first).toMatchObject({
      status: 200,
      body: { added: 1, changed: 1, missing: 1, unreadable: 0, complete: true },
    });
    expect(second.body).toMatchObject({ added: 0, changed: 0, unchanged: 10 });
    expect(states).toMatchObject({
      '+6531290001': 'active',
      '+6531290009': 'unhealthy',
      '+6531290010': 'inactive',
      '+6531290011': 'active',
    });
  });
});
