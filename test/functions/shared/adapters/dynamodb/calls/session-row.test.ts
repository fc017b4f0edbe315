import type { AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  nameOf,
  packInput,
  readInputs,
  SESSION_ITEM,
} from '../../../../../../functions/shared/adapters/dynamodb/calls/calls-table-rows.ts';
import {
  fullId,
  shortId,
} from '../../../../../../functions/shared/adapters/dynamodb/calls/session-shapes.ts';
import { storedChangeOf } from '../../../../../../functions/shared/adapters/dynamodb/calls/stored-change.ts';
import { PhoneNumber } from '../../../../../../functions/shared/domain/phone-number.ts';
import type { SessionInput } from '../../../../../../functions/shared/domain/session.ts';
import { digestOf, type SessionDigest } from '../../../../../../functions/shared/domain/session-digest.ts';
import { foldSession } from '../../../../../../functions/shared/domain/session-fold.ts';
import {
  answeredCall,
  callAtMs,
  callerEvent,
  decisionInput,
  recordingInput,
  sessionId,
  summaryInput,
} from '../../../../../support/session-inputs.ts';

/** A row through the store, which knows no undefined. */
const stored = (inputs: readonly SessionInput[]) => ({
  sessionId,
  item: SESSION_ITEM,
  ...Object.fromEntries(inputs.map((input) => [nameOf(input), packInput(input, callAtMs)])),
});

const readBack = (input: SessionInput) => readInputs(stored([input])).map((one) => one.input);

/** Every input with every field that it can have. */
const full: readonly SessionInput[] = [
  callerEvent('CALL_DISCONNECTED', 54_000, { durationSeconds: 47, subAccountId: undefined }),
  summaryInput({ errorCode: -1301 }),
  recordingInput({ key: 'elsewhere/rec-1.mp3' }),
  recordingInput(),
  decisionInput(),
];

/** The paths of all fields of an input that say something. */
function fieldsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  // A phone number does not show what it is.
  if (value instanceof PhoneNumber) return [[...path, value.reveal()]];
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [path];
  return Object.entries(value).flatMap(([name, one]) => fieldsOf(one, [...path, name]));
}

describe('the row of a session', () => {
  test.each(full.map((input) => [input.kind, input] as const))('keeps every field of a %s', (_, input) => {
    expect(readBack(input)).toEqual([input]);
    expect(fieldsOf(readBack(input)).map(String).sort()).toEqual(fieldsOf([input]).map(String).sort());
  });

  test('keeps what is not known unknown', () => {
    const nothing = callerEvent('CALL_UPDATED', 0, {
      callId: undefined,
      direction: undefined,
      callType: undefined,
      source: undefined,
      destination: undefined,
      sipCode: undefined,
      occurredAtMs: undefined,
      subAccountId: undefined,
    });
    const bare = summaryInput({ legs: [], startedAtMs: undefined, endedAtMs: undefined });

    expect(readBack(nothing)).toEqual([nothing]);
    expect(readBack(bare)).toEqual([bare]);
  });

  test('keeps no digits that somebody typed', () => {
    const typed = callerEvent('DTMF_RECEIVED', 0, { dtmf: '4711' });

    expect(JSON.stringify(stored([typed]))).not.toContain('4711');
  });

  test('keeps words that the platform has not used yet', () => {
    const strange = callerEvent('CALL_TELEPORTED', 0, { direction: 'SIDEWAYS', subAccountId: undefined });

    expect(readBack(strange)).toEqual([strange]);
  });

  test('is refused where it holds what this release cannot have written', () => {
    for (const value of ['text', [], [callAtMs], [callAtMs, 7], ['soon', 'r']]) {
      expect(() => readInputs({ sessionId, item: SESSION_ITEM, 'EVENT#x': value })).toThrow();
    }
  });

  test('has ids in a short form that is read back as what it was', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uuid(),
          fc.string(),
          fc.string().map((text) => `~${text}`),
        ),
        (id) => {
          expect(fullId(shortId(id))).toBe(id);
        },
      ),
    );
    expect(shortId('7c24f7e3-0b61-11f1-b7d9-2a5c60e1f843')).toHaveLength(23);
  });
});

describe('what the stream tells of a session', () => {
  const inputs = [...answeredCall(), summaryInput({ errorCode: -1301 })].filter(
    (input, at, all) => input.kind !== 'summary' || at === all.length - 1,
  );

  function told(): SessionDigest {
    // The two packages have names of their own for the same attribute values.
    const image = marshall(stored(inputs)) as Record<string, SdkValue> as Record<string, AttributeValue>;
    const change = storedChangeOf({ eventName: 'INSERT', dynamodb: { Keys: image, NewImage: image } });
    if (change?.kind !== 'session' || change.after === undefined) throw new Error('No session was told.');
    return change.after;
  }

  const expected = {
    sessionId,
    bookingId: '01JDBOOKING0000000000000001',
    status: 'COMPLETED',
    outcome: 'answered',
    reachedCallee: true,
    decision: 'connect',
    startedAtMs: callAtMs - 250,
    endedAtMs: callAtMs + 53_750,
    durationSeconds: 47,
    errorCode: -1301,
    seenRecordings: [expect.objectContaining({ recordingId: 'rec-1', sizeBytes: 188_000 })],
    inputCount: 10,
  } satisfies Record<keyof SessionDigest, unknown>;

  test.each(Object.keys(expected) as (keyof SessionDigest)[])('has its %s', (field) => {
    expect(told()[field]).toEqual(expected[field]);
  });

  test('is what its inputs make', () => {
    expect(told()).toEqual(digestOf(foldSession(sessionId, inputs), 10));
  });
});
