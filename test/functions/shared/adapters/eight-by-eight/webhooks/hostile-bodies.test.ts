import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCallAction } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/call-action-event.ts';
import { parseCallStatus } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/call-status-event.ts';
import { parseNumberUpdated } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/number-updated-event.ts';
import { parseRecordingUploaded } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/recording-uploaded-event.ts';
import { parseSessionSummary } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/session-summary-event.ts';
import { fixtureNames, readFixture } from './fixtures.ts';

const webhooks = [
  { webhook: 'call-action', eventType: 'CALL_ACTION', parse: parseCallAction },
  { webhook: 'call-status', eventType: 'CALL_STATUS', parse: parseCallStatus },
  { webhook: 'session-summary', eventType: 'SESSION_SUMMARY', parse: parseSessionSummary },
  { webhook: 'recording-uploaded', eventType: 'CALL_RECORDING_STATUS', parse: parseRecordingUploaded },
  { webhook: 'number-updated', eventType: 'VIRTUAL_NUMBER_UPDATE', parse: parseNumberUpdated },
];

/** Stands for something private: it must not turn up in an issue wherever it was put. */
const SECRET = '6591110042';
const secretValue = fc.constantFrom<unknown>(SECRET, `+${SECRET}`, Number(SECRET), [SECRET], {
  [SECRET]: SECRET,
});
const hostileValue = fc.oneof(secretValue, fc.jsonValue(), fc.string({ unit: 'binary', maxLength: 40 }));

/** Every place in a JSON value, as the keys that lead to it. */
function placesIn(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [
    [],
    ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner).map((rest) => [key, ...rest])),
  ];
}

/** A copy with another value at one place. */
function replaced(value: unknown, place: readonly string[], replacement: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined || typeof value !== 'object' || value === null) return replacement;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    name === key ? replaced(inner, rest, replacement) : inner,
  ]);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** A recorded body in which up to three places hold something else. */
function damagedBody(webhook: string): fc.Arbitrary<unknown> {
  const damage = fc.tuple(fc.nat(), hostileValue);
  return fc
    .tuple(fc.constantFrom(...fixtureNames(webhook)), fc.array(damage, { minLength: 1, maxLength: 3 }))
    .map(([name, damages]) =>
      damages.reduce<unknown>(
        (body, [pick, replacement]) => {
          const places = placesIn(body);
          return replaced(body, places[pick % places.length] ?? [], replacement);
        },
        readFixture(webhook, name),
      ),
    );
}

describe.each(webhooks)('$webhook parser', ({ webhook, eventType, parse }) => {
  test('answers to any value whatsoever with an event or with issues', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }), (body) => {
        const parsed = parse(body);

        expect(parsed.ok || parsed.issues.length > 0).toBe(true);
      }),
    );
  });

  test('answers to any payload in its own envelope with an event or with issues', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        const parsed = parse({ eventType, payload });

        expect(parsed.ok || parsed.issues.length > 0).toBe(true);
      }),
    );
  });

  test('never repeats what a damaged body held in its issues', () => {
    fc.assert(
      fc.property(damagedBody(webhook), (body) => {
        const parsed = parse(body);

        expect(JSON.stringify(parsed.ok ? [] : parsed.issues)).not.toContain(SECRET);
      }),
      { numRuns: 500 },
    );
  });

  test.each(fixtureNames(webhook))('shows no number of the parties when %s is printed', (name) => {
    const parsed = parse(readFixture(webhook, name));

    expect(JSON.stringify(parsed)).not.toMatch(/65(9111|3129)\d{4}/);
  });

  test('gives the same answer to the same body', () => {
    fc.assert(
      fc.property(damagedBody(webhook), (body) => {
        expect(parse(structuredClone(body))).toEqual(parse(body));
      }),
    );
  });

  test('reads a body whose unknown fields are nested deeper than the stack', () => {
    const depth = 200_000;
    const nested: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
    const [name = ''] = fixtureNames(webhook);
    const body = readFixture(webhook, name);

    const parsed = parse({ ...Object(body), extension: nested });

    expect(parsed).toEqual(parse(body));
  });

  test('refuses a body that is nested deeper than the stack where an object belongs', () => {
    const depth = 200_000;
    const nested: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

    expect(parse({ eventType, payload: nested })).toEqual({
      ok: false,
      issues: [{ path: 'payload', message: 'must be an object' }],
    });
  });

  test('is not fooled by fields that hide in a prototype', () => {
    const [name = ''] = fixtureNames(webhook);
    const body: unknown = readFixture(webhook, name);
    const payload: unknown = Object(body).payload;
    const disguised: unknown = JSON.parse(
      JSON.stringify({ eventType, payload: { disguise: payload } }).replace('"disguise"', '"__proto__"'),
    );

    expect(parse(disguised).ok).toBe(false);
    expect(parse({ eventType, payload: Object.create(Object(payload)) }).ok).toBe(false);
    expect(Object.prototype).not.toHaveProperty('sessionId');
  });

  test('keeps fields named like parts of an object out of the event', () => {
    const [name = ''] = fixtureNames(webhook);
    const body: unknown = readFixture(webhook, name);
    const text = JSON.stringify(body).replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":{"polluted":1},',
    );

    const parsed = parse(JSON.parse(text));

    expect(parsed).toEqual(parse(body));
    expect(parsed).not.toHaveProperty('polluted');
  });
});
