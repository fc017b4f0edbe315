import fc from 'fast-check';

/** Texts that have broken parsers, stores and logs before. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\u0000\u001f\u007f',
    '\ud800',
    '\u202e',
    '__proto__',
    'constructor',
    'null',
    'NaN',
    '../../etc/passwd',
    '%00',
    '#',
    'BOOKING#1',
    '{"$gt":""}',
    "'; DROP TABLE bookings; --",
    '+6591110001',
    '6591110001',
    '+0000000000',
    '2026-02-30T25:61:61Z',
    '9999-12-31T23:59:59Z',
    'x'.repeat(2049),
    'é'.repeat(1025),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** Numbers at the edges of what JSON, JavaScript and the store can hold. */
export const hostileNumber: fc.Arbitrary<number> = fc.constantFrom(
  0,
  -0,
  -1,
  0.1,
  1e-300,
  5e-324,
  1e126,
  1.7976931348623157e308,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 1,
  -(2 ** 63),
);

/** Keys that mean something to the language. */
const hostileKey = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '');

/** Any JSON value, with what is dangerous in it more often than by chance. */
export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  hostileNumber,
  fc.jsonValue({ maxDepth: 3 }),
  fc
    .tuple(hostileKey, fc.jsonValue({ maxDepth: 1 }))
    .map(([key, value]) => JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(value)}}`)),
);

/** A body as bytes that nobody meant as JSON, or JSON that was cut or damaged on its way. */
export function rawBody(sound: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((value) => Buffer.from(value).toString('latin1'));
  const cut = fc.tuple(sound, fc.nat()).map(([text, at]) => text.slice(0, at % Math.max(text.length, 1)));
  const damaged = fc
    .tuple(sound, fc.nat(), hostileText)
    .map(
      ([text, at, piece]) =>
        text.slice(0, at % (text.length + 1)) + piece + text.slice(at % (text.length + 1)),
    );
  return fc.oneof(bytes, cut, damaged);
}

const LEVELS = 200_000;
const LEVELS_BELOW_THE_LIMIT = 120_000;

/** Bodies that are small to send and large to read; `isTooLarge` where the limit of 256 KB stops them. */
export const monstrousBodies: readonly {
  readonly name: string;
  readonly body: string;
  readonly isTooLarge: boolean;
}[] = [
  {
    name: '200,000 lists in each other',
    body: '['.repeat(LEVELS) + ']'.repeat(LEVELS),
    isTooLarge: true,
  },
  {
    name: '120,000 lists in each other',
    body: '['.repeat(LEVELS_BELOW_THE_LIMIT) + ']'.repeat(LEVELS_BELOW_THE_LIMIT),
    isTooLarge: false,
  },
  {
    name: '200,000 lists that never end',
    body: '['.repeat(LEVELS),
    isTooLarge: false,
  },
  {
    name: '20,000 objects in each other below a known field',
    body: `{"payload":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)},"parties":${'[['.repeat(50)}${']]'.repeat(50)}}`,
    isTooLarge: false,
  },
  { name: 'a text of 257 KB', body: JSON.stringify('x'.repeat(257 * 1024)), isTooLarge: true },
  { name: 'a text of 255 KB', body: JSON.stringify('x'.repeat(255 * 1024)), isTooLarge: false },
  { name: '30,000 fields', body: `{${fields(30_000)}}`, isTooLarge: true },
  { name: '10,000 fields', body: `{${fields(10_000)}}`, isTooLarge: false },
  { name: 'a number of 100,000 digits', body: '9'.repeat(100_000), isTooLarge: false },
  {
    name: 'an object that would change every other object',
    body: '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    isTooLarge: false,
  },
  {
    name: 'fields that would change every other object, deep inside',
    body: '{"payload":{"__proto__":{"polluted":true}},"metadata":{"__proto__":{"polluted":true}},"parties":[{"__proto__":{"polluted":true}}]}',
    isTooLarge: false,
  },
];

function fields(count: number): string {
  return Array.from({ length: count }, (_, n) => `"field${n}":${n}`).join(',');
}
