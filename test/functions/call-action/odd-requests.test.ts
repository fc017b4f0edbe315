import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readDecisions } from '../../../functions/call-decisions/decision-log.ts';
import type { CallRoute } from '../../../functions/shared/domain/call-route.ts';
import { answer, apology, context, DRIVER, NOW_MS, payload, requestOf, route, setUp } from './scene.ts';

describe('a request that looks unlike any before', () => {
  test.each([
    ['a status of tomorrow', { callStatus: 'CALL_RINGING' }],
    ['the status of another webhook', { callStatus: 'CALL_INITIATED' }],
    ['another word for the direction', { callDirection: 'INCOMING' }],
    ['a direction of tomorrow', { callDirection: 'INTERNAL' }],
    ['both', { callStatus: 'CALL_PARKED', callDirection: 'incoming' }],
  ])('is a new call where its session was not decided: %s', async (_, changes) => {
    const { handler, lines } = setUp(async () => route);

    const given = await answer(handler, await requestOf(changes));

    expect(given.answer.callflow[0].params.destination).toBe(DRIVER.reveal());
    expect(lines.map((line) => JSON.parse(line).code)).toEqual(['CALL_DECIDED']);
  });

  test.each([
    ['the second leg', { callDirection: 'OUTBOUND' }],
    ['the second leg, in another word', { callDirection: 'OUTGOING', callStatus: 'CALL_RINGING' }],
    ['the connection', { callStatus: 'CALL_CONNECTED' }],
    ['keys pressed while they talk', { callStatus: 'DTMF_RECEIVED', dtmf: '1' }],
    ['an action that is said to be over as it begins', { callStatus: 'ACTION_COMPLETED' }],
  ])('does not cut two people who talk, and leaves a trace: %s', async (_, changes) => {
    const { handler, lines, looks } = setUp(async () => route);

    const given = await answer(handler, await requestOf(changes));

    expect(given).toEqual({ statusCode: 200, answer: { callflow: [] } });
    expect(looks).toEqual([]);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { code: 'CALL_CONTINUED', sessionId: payload.sessionId, decision: 'under-way' },
    ]);
  });

  test.each([
    ['after the talk', { callStatus: 'ACTION_COMPLETED', callDuration: 40 }],
    ['after the callee was not reached', { callStatus: 'ACTION_COMPLETED', sipCode: 486 }],
    ['after the line was cut', { callStatus: 'CALL_DISCONNECTED' }],
  ])('hangs up where the call is over: %s', async (_, changes) => {
    const { handler, looks } = setUp(async () => route);

    const given = await answer(handler, await requestOf(changes));

    expect(given).toEqual({ statusCode: 200, answer: { callflow: [{ action: 'hangup' }] } });
    expect(looks).toEqual([]);
  });

  test('does not ring the callee again for a status of tomorrow of a call that was connected', async () => {
    const { handler, looks } = setUp(async () => route);
    await answer(handler, await requestOf());

    const given = await answer(handler, await requestOf({ eventId: 'second', callStatus: 'CALL_HELD' }));

    expect(given.answer).toEqual({ callflow: [] });
    expect(looks).toHaveLength(1);
  });
});

describe('a body that is odd but tells who calls whom', () => {
  const envelope = (changes: Record<string, unknown>) => ({
    namespace: 'VOICE',
    eventType: 'CALL_ACTION',
    payload: { ...payload, ...changes },
  });
  const whole = JSON.stringify(envelope({}));

  test.each([
    ['a byte-order mark', `\u{FEFF}${whole}`],
    ['NUL bytes behind it', `${whole}\0\0`],
    ['a session id that is a number', JSON.stringify(envelope({ sessionId: 48213 }))],
  ])('is answered as any other: %s', async (_, body) => {
    const { handler, setAside } = setUp(async () => route);

    const given = await answer(handler, await requestOf({}, body));

    expect(given.answer.callflow[0].params.destination).toBe(DRIVER.reveal());
    expect(setAside).toEqual([]);
  });

  test.each([
    ['an odd session id', JSON.stringify(envelope({ sessionId: 'call 7/ü' }))],
    ['no session id', JSON.stringify(envelope({ sessionId: undefined }))],
    ['a list as session id', JSON.stringify(envelope({ sessionId: [1] }))],
    ['no event type', JSON.stringify({ payload })],
    ['an event type of tomorrow', JSON.stringify({ eventType: 'CALL_ACTION_V3', payload })],
    [
      'a payload that is a text',
      JSON.stringify({ eventType: 'CALL_ACTION', payload: JSON.stringify(payload) }),
    ],
    ['no envelope', JSON.stringify(payload)],
    ['a list of one event', JSON.stringify([envelope({})])],
  ])('connects the call and is kept for a person: %s', async (_, body) => {
    const { handler, setAside, lines } = setUp(async () => route);

    const given = await answer(handler, await requestOf({}, body));

    expect(given.answer.callflow[0].params.destination).toBe(DRIVER.reveal());
    expect(setAside).toMatchObject([{ webhook: 'VCA', body }]);
    expect(lines.map((line) => JSON.parse(line).code)).toContain('CALL_DECIDED');
  });

  test('connects the call although the queue for such bodies never answers', async () => {
    const { handler } = setUp(async () => route, {
      queues: { quarantine: () => new Promise(() => undefined) },
    });

    const given = await answer(handler, await requestOf({}, JSON.stringify(payload)));

    expect(given.answer.callflow[0].params.destination).toBe(DRIVER.reveal());
  });
});

describe('a call of another sub-account', () => {
  const mine = { ownSubAccount: 'rapidfare_mask' };

  test.each(['rapidfare_mask', 'RapidFare_Mask', undefined, null])('is ours as %s', async (subAccountId) => {
    const { handler } = setUp(async () => route, mine);

    const given = await answer(handler, await requestOf({ subAccountId }));

    expect(given.answer.callflow[0].action).toBe('makeCall');
  });

  test('is not connected, looked up or kept in our record', async () => {
    const { handler, looks, lines } = setUp(async () => route, mine);

    const given = await answer(handler, await requestOf({ subAccountId: 'somebody_else' }));

    expect(given.answer.callflow.map(({ action }: { action: string }) => action)).toEqual(['say', 'hangup']);
    expect(looks).toEqual([]);
    expect(lines.map((line) => JSON.parse(line).code)).toEqual(['WEBHOOK_OF_OTHER_ACCOUNT']);
  });
});

describe('a request that is sent again', () => {
  const ended: CallRoute = { ...route, ended: { reason: 'completed', atMs: NOW_MS - 200 } };
  const timestamp = new Date(NOW_MS - 400).toISOString().replace('.600', '.601');

  test('gets the answer of the first one, although the booking has ended in between', async () => {
    let found: CallRoute | undefined = route;
    const { handler } = setUp(async () => found);
    const first = await answer(handler, await requestOf());
    found = undefined;

    expect(await answer(handler, await requestOf())).toEqual(first);
    expect(await answer(handler, await requestOf({ eventId: undefined }))).toEqual(first);
  });

  test('is decided by when the call came in where another environment answered the first one', async () => {
    const { handler } = setUp(async () => ended);

    const given = await answer(handler, await requestOf({ timestamp }));

    expect(given.answer.callflow[0].action).toBe('makeCall');
  });

  test.each([
    ['the booking had ended before', new Date(NOW_MS - 100).toISOString()],
    ['the platform tells whole seconds', new Date(NOW_MS - 1000).toISOString()],
    ['its clock is far behind', new Date(NOW_MS - 3_600_000 + 1).toISOString()],
    ['its clock is ahead', new Date(NOW_MS + 60_000).toISOString()],
    ['it tells no time', undefined],
  ])('is not connected when %s', async (_, time) => {
    const { handler } = setUp(async () => ended);

    expect(await answer(handler, await requestOf({ timestamp: time }))).toMatchObject({
      answer: apology('Ended.'),
    });
  });

  test('is tried again where the first try failed', async () => {
    let tries = 0;
    const { handler } = setUp(async () => {
      tries += 1;
      if (tries === 1) throw new Error('The store is away.');
      return route;
    });
    await answer(handler, await requestOf());

    const given = await answer(handler, await requestOf());

    expect(given.answer.callflow[0].action).toBe('makeCall');
  });
});

describe('a session id that two calls share', () => {
  const STRANGER = '+6598765432';

  async function afterTheRider(changes: Record<string, unknown>) {
    let find: CallRoute | undefined = route;
    const { handler } = setUp(async () => find);
    const first = await answer(handler, await requestOf({ sessionId: 0 }));
    find = undefined;
    const second = await answer(handler, await requestOf({ sessionId: 0, ...changes }));
    return [first.answer, second.answer];
  }

  test.each([
    ['from another phone', { eventId: 'another', source: STRANGER }],
    ['from another phone under the same event id', { source: STRANGER }],
    ['to another number', { destination: '+6531290002' }],
    ['from a hidden number', { eventId: 'another', source: 'anonymous' }],
  ])('connects nobody with the party of the other call: %s', async (_, changes) => {
    const [first, second] = await afterTheRider(changes);

    expect(first.callflow[0].action).toBe('makeCall');
    expect(second.callflow.map(({ action }: { action: string }) => action)).toEqual(['say', 'hangup']);
  });
});

test('a deployment that takes no recordings in never asks for one', async () => {
  const { handler } = setUp(async () => ({ ...route, recordCalls: true }), { recordCalls: false });

  const given = await answer(handler, await requestOf());

  expect(given.answer.callflow[0].params).not.toHaveProperty('callRecording');
});

test('the line that feeds the record keeps ids that are made of digits', async () => {
  const { handler, lines } = setUp(async () => ({ ...route, bookingId: '20261125001' }));

  await handler(await requestOf({ sessionId: 20261125004213, eventId: '6591110001' }), context);

  const { data } = gzipped(lines);
  expect(readDecisions({ awslogs: { data } })).toMatchObject({
    unreadable: 0,
    decided: [
      {
        sessionId: '20261125004213',
        decision: { eventId: '6591110001', bookingId: '20261125001', kind: 'connect' },
      },
    ],
  });
  expect(lines.join()).not.toContain('6591110001');
});

/** The lines as CloudWatch Logs delivers them. */
function gzipped(lines: readonly string[]) {
  const logEvents = lines.map((message) => ({ message }));
  const text = JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents });
  return { data: gzipSync(text).toString('base64') };
}
