import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readCount,
  readCountryCode,
  readDirection,
  readDtmf,
  readEventDigits,
  readId,
  readInstantMs,
  readInteger,
  readName,
  readNumber,
  readOddId,
  readText,
} from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/webhook-values.ts';

const instant = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('9999-01-01T00:00:00Z'),
  noInvalidDate: true,
});

describe('a name', () => {
  test.each([
    ['NO ANSWER', 'NO_ANSWER'],
    ['NO_ANSWER', 'NO_ANSWER'],
    ['no-answer', 'NO_ANSWER'],
    ['NoAnswer', 'NO_ANSWER'],
    ['NOANSWER', 'NO_ANSWER'],
    ['CANCELLED', 'CANCELED'],
    ['canceled', 'CANCELED'],
    ['Active', 'ACTIVE'],
    ['makeCall', 'MAKE_CALL'],
    ['MakeCall', 'MAKE_CALL'],
    ['SayAndCapture', 'SAY_AND_CAPTURE'],
    ['say&capture', 'SAY_CAPTURE'],
    ['PlayTTS', 'PLAY_TTS'],
    [' SOMETHING_NEW_V2 ', 'SOMETHING_NEW_V2'],
  ])('reads %j as %s', (text, name) => {
    expect(readName(text)).toBe(name);
  });

  test.each([['', 'null', '  ', '+6591110001', 'CALL_6591110001', '-', 42, null, {}, 'X'.repeat(65)]])(
    'is undefined for what is none',
    (...values) => {
      expect(values.map(readName)).toEqual(values.map(() => undefined));
    },
  );

  test('stays the same when it is read again', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 64 }), (text) => {
        const name = readName(text);

        expect(readName(name)).toBe(name);
        expect(name ?? 'A').toMatch(/^[A-Z][A-Z\d]*(_[A-Z\d]+)*$/);
      }),
    );
  });
});

describe('an instant', () => {
  test('is the same in ISO 8601 with and without milliseconds, and as an epoch in both units', () => {
    fc.assert(
      fc.property(instant, (date) => {
        const wholeSecondMs = Math.floor(date.getTime() / 1000) * 1000;
        const iso = new Date(wholeSecondMs).toISOString();

        expect(readInstantMs(date.toISOString())).toBe(date.getTime());
        expect(readInstantMs(iso.replace('.000Z', 'Z'))).toBe(wholeSecondMs);
        expect(readInstantMs(iso.replace('Z', '000Z'))).toBe(wholeSecondMs);
      }),
    );
  });

  test.each([
    ['2026-03-14T08:21:33', Date.UTC(2026, 2, 14, 8, 21, 33)],
    ['2026-03-14T08:21:33z', Date.UTC(2026, 2, 14, 8, 21, 33)],
    ['2026-03-14T10:51:33+02:30', Date.UTC(2026, 2, 14, 8, 21, 33)],
    ['2026-03-14T08:21:33.4Z', Date.UTC(2026, 2, 14, 8, 21, 33, 400)],
    [1773476493, Date.UTC(2026, 2, 14, 8, 21, 33)],
    [1773476493407, Date.UTC(2026, 2, 14, 8, 21, 33, 407)],
    ['1773476493407', Date.UTC(2026, 2, 14, 8, 21, 33, 407)],
  ])('reads %j', (value, epochMs) => {
    expect(readInstantMs(value)).toBe(epochMs);
  });

  test.each([
    '1969-12-31T23:59:59.999Z',
    '1999-12-31T23:59:59Z',
    '2026-13-14T08:21:33Z',
    '2026-03-14',
    'tomorrow',
    'null',
    '',
    0,
    -1,
    Number.NaN,
    Number.MAX_VALUE,
    null,
    undefined,
    {},
    true,
  ])('is undefined for %j', (value) => {
    expect(readInstantMs(value)).toBeUndefined();
  });
});

describe('a number', () => {
  test('is the same as a number and as a text', () => {
    fc.assert(
      fc.property(fc.integer(), (number) => {
        expect(readNumber(String(number))).toBe(readNumber(number));
        expect(readInteger(` ${number} `)).toBe(number);
        expect(readCount(number)).toBe(number < 0 ? undefined : number);
      }),
    );
  });

  test.each(['', 'null', '1e9', '0x10', '4,5', Infinity, Number.NaN, 2 ** 53, '9007199254740992', true, [7]])(
    'is undefined for %j',
    (value) => {
      expect(readNumber(value)).toBeUndefined();
    },
  );

  test('is not rounded where a whole one is wanted', () => {
    expect(readInteger('-2003')).toBe(-2003);
    expect(readInteger(4.5)).toBeUndefined();
    expect(readNumber('4.5')).toBe(4.5);
  });
});

describe('digits', () => {
  test.each([
    [{ dtmf: '1' }, '1'],
    [{ dtmf: 12 }, '12'],
    [' 12# ', '12#'],
    [7, '7'],
    ['*a', '*A'],
  ])('are read from %j', (eventData, digits) => {
    expect(readEventDigits(eventData)).toBe(digits);
  });

  test.each([
    null,
    undefined,
    '',
    'null',
    'hello',
    {},
    { dtmf: null },
    { dtmf: 'hello' },
    [],
    ['1'],
    -1,
    1.5,
  ])('are undefined for %j', (eventData) => {
    expect(readEventDigits(eventData)).toBeUndefined();
  });

  test('are not read from an object where a text belongs', () => {
    expect(readDtmf({ dtmf: '1' })).toBeUndefined();
  });
});

test('a text has no spaces around it, whole characters and a bounded length', () => {
  expect(readText(' pin-entry ')).toBe('pin-entry');
  expect(['null', ' NULL ', '', 5, null, 'x'.repeat(1025), '\ud800'].map(readText)).toEqual(
    Array(7).fill(undefined),
  );
});

test('an id holds nothing that could part a key, a path or a log line', () => {
  expect(readId('7c1d0a52-0b61-11f1-a3c4-5f0e9b27d610')).toBe('7c1d0a52-0b61-11f1-a3c4-5f0e9b27d610');
  expect(['a/b', 'a#b', 'a b', 'a\nb', '+6591110001', 'x'.repeat(129)].map(readId)).toEqual(
    Array(6).fill(undefined),
  );
  expect(readId(48213)).toBe('48213');
});

test('an odd id is spelled so that it can be a key, and a phone number is none', () => {
  expect(['a/b', 'a b', 'a\nb', 48213].map(readOddId)).toEqual(['a.2f.b', 'a.20.b', 'a.a.b', '48213']);
  expect(['+6591110001', '', 'x'.repeat(129), null].map(readOddId)).toEqual(Array(4).fill(undefined));
});

test('a direction is known by every word for it, and a new one is kept', () => {
  expect(['INBOUND', 'Incoming', 'in', 'OUTGOING', 'INTERNAL'].map(readDirection)).toEqual([
    'INBOUND',
    'INBOUND',
    'INBOUND',
    'OUTBOUND',
    'INTERNAL',
  ]);
});

test('a country is two letters', () => {
  expect(readCountryCode('sg')).toBe('SG');
  expect([null, 'null', 'SGP', '65', ''].map(readCountryCode)).toEqual(Array(5).fill(undefined));
});
