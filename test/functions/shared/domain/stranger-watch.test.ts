import { describe, expect, test } from 'vitest';
import { afterTry, rests, type StrangerTries } from '../../../../functions/shared/domain/stranger-watch.ts';

const HOUR_MS = 3_600_000;
const rules = { tries: 3, restMs: HOUR_MS };

/** Dials the numbers one a minute and tells which calls were hung up on. */
function dial(numbers: readonly string[], { tries } = rules): number[] {
  let known: StrangerTries | undefined;
  return numbers.flatMap((number, minute) => {
    known = afterTry(known, number, minute * 60_000, { ...rules, tries });
    return rests(known, minute * 60_000) ? [minute] : [];
  });
}

describe('a stranger', () => {
  test('is answered on a few numbers, and hung up on from then on', () => {
    expect(dial(['1', '2', '3', '4', '5', '1'])).toEqual([3, 4, 5]);
  });

  test('who mistakes one number is answered again and again, but not for ever', () => {
    const dialled = Array.from({ length: 14 }, () => '1');

    expect(dial(dialled)).toEqual([12, 13]);
  });

  test('is answered again after the rest', () => {
    const tired = ['1', '2', '3', '4'].reduce<StrangerTries | undefined>(
      (known, number) => afterTry(known, number, 0, rules),
      undefined,
    );
    const later = afterTry(tired, '5', HOUR_MS, rules);

    expect(tired && [rests(tired, HOUR_MS - 1), rests(tired, HOUR_MS)]).toEqual([true, false]);
    expect(rests(later, HOUR_MS)).toBe(false);
  });

  test('who tries a number an hour is never hung up on, and nobody is where that is off', () => {
    let known: StrangerTries | undefined;
    for (let hour = 0; hour < 50; hour += 1) {
      known = afterTry(known, String(hour), hour * HOUR_MS, rules);
      expect(rests(known, hour * HOUR_MS)).toBe(false);
    }
    expect(dial(['1', '2', '3', '4', '5', '6'], { ...rules, tries: 0 })).toEqual([]);
  });
});
