import { describe, expect, test } from 'vitest';
import { answer, apology, NOW_MS, requestOf, route, setUp } from './scene.ts';

const rules = { tries: 3, restMs: 3_600_000 };
let session = 0;
/** A call of its own from this phone to one of the numbers. */
const callTo = (number: number, source = '+6581110009') => {
  session += 1;
  const destination = `+653129${String(number).padStart(4, '0')}`;
  return requestOf({ sessionId: `session-${session}`, eventId: `event-${session}`, source, destination });
};
const HANGUP = { callflow: [{ action: 'hangup' }] };

describe('a caller without a booking who tries number after number', () => {
  test('is hung up on without a word after some, and told of once', async () => {
    const { handler, lines } = setUp(async () => undefined, { strangers: rules });

    const given = [];
    for (let number = 1; number <= 100; number += 1) given.push(await answer(handler, await callTo(number)));

    expect(given.slice(0, 3).map((one) => one.answer)).toEqual(Array(3).fill(apology('Unknown caller.')));
    expect(given.slice(3).map((one) => one.answer)).toEqual(Array(97).fill(HANGUP));
    const codes = lines.map((line) => JSON.parse(line));
    expect(codes.filter(({ code }) => code === 'SCANNER_FOUND')).toMatchObject([{ ScannerFound: 1 }]);
    expect(codes.filter(({ decision }) => decision === 'scanner')).toHaveLength(97);
  });

  test('is connected on the number of a booking all the same, and others are answered', async () => {
    let found: typeof route | undefined;
    const { handler } = setUp(async () => found, { strangers: rules });
    for (let number = 1; number <= 9; number += 1) await answer(handler, await callTo(number));

    const other = await answer(handler, await callTo(1, '+6581110008'));
    found = route;
    const party = await answer(handler, await callTo(1));

    expect(other.answer).toEqual(apology('Unknown caller.'));
    expect(party.answer.callflow[0].action).toBe('makeCall');
  });

  test('is answered again after a while', async () => {
    let nowMs = NOW_MS;
    const { handler } = setUp(async () => undefined, { strangers: rules, nowMs: () => nowMs });
    for (let number = 1; number <= 4; number += 1) await answer(handler, await callTo(number));
    nowMs += rules.restMs;

    expect((await answer(handler, await callTo(5))).answer).toEqual(apology('Unknown caller.'));
  });
});
