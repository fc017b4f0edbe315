import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MaskedService, startMaskedService } from './masked-service.ts';

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

describe('a call that is refused', () => {
  async function refused(request: object, kind: string, bookingId: string | null, words: RegExp) {
    const call = await masked.call(request);
    const session = await masked.session(call.sessionId);

    expect(call.connectedTo).toBeNull();
    expect(call.heard.join(' ')).toMatch(words);
    expect(session).toMatchObject({ ...REFUSED, bookingId, decision: { kind } });
    expect(session.decision.reason).toMatch(/^[A-Z].+\.$/);
  }

  test('comes from a stranger', async () => {
    const { virtualNumber: to } = await masked.book();

    await refused({ from: '+6591119999', to }, 'unknown-caller', null, /from this phone/);
  });

  test.each([
    [null, 'anonymous-caller', /hidden number/],
    ['', 'anonymous-caller', /hidden number/],
    ['anonymous', 'anonymous-caller', /hidden number/],
    ['sip:somebody@example.com', 'anonymous-caller', /hidden number/],
  ])('comes from somebody who withholds the number as %j', async (from, kind, words) => {
    const { virtualNumber: to } = await masked.book();

    await refused({ from, to }, kind, null, words);
  });

  test.each(['complete', 'cancel'])('comes after POST …/%s', async (ending) => {
    const ride = await masked.book();
    await masked.api('POST', `/v1/bookings/${ride.bookingId}/${ending}`);

    const call = { from: ride.rider, to: ride.virtualNumber };

    await refused(call, 'booking-ended', ride.bookingId, /has ended/);
  });

  test('comes after the booking has expired', async () => {
    const ride = await masked.book({ expiresInSeconds: 1 });
    const call = { from: ride.rider, to: ride.virtualNumber };
    await expect.poll(async () => (await masked.call(call)).connectedTo, { timeout: 20_000 }).toBeNull();

    await refused(call, 'booking-expired', ride.bookingId, /has expired/);
  });

  test('comes from or goes to somebody on the blocklist', async () => {
    const ride = await masked.book();
    const blocked = await masked.api('PUT', `/v1/blocklist/${encodeURIComponent(ride.driver)}`, {
      reason: 'asked for it',
    });

    expect(blocked.status).toBeLessThan(300);
    await refused(
      { from: ride.rider, to: ride.virtualNumber },
      'blocked',
      ride.bookingId,
      /cannot be connected/,
    );
    await refused(
      { from: ride.driver, to: ride.virtualNumber },
      'blocked',
      ride.bookingId,
      /cannot be connected/,
    );
  });

  test('goes against the direction of the booking', async () => {
    const ride = await masked.book({ direction: 'first-to-second' });
    const call = { from: ride.driver, to: ride.virtualNumber };

    await refused(call, 'direction-not-allowed', ride.bookingId, /cannot call with this booking/);
  });

  test('is one more than the booking allows', async () => {
    const ride = await masked.book({ limits: { maxCalls: 1 } });
    const call = { from: ride.rider, to: ride.virtualNumber };
    const first = await masked.call(call);
    await masked.session(first.sessionId);
    await expect.poll(async () => (await masked.call(call)).connectedTo, { timeout: 20_000 }).toBeNull();

    await refused(call, 'limit-reached', ride.bookingId, /no more calls/);
  });

  test('meets a store that fails: the caller hears an apology, and nobody is called', async () => {
    const ride = await masked.book();
    const failing = { database: { failEvery: 1, operations: ['GetItem'] } };
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
