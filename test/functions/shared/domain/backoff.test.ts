import { describe, expect, test } from 'vitest';
import { backoffSeconds } from '../../../../functions/shared/domain/backoff.ts';

const backoff = { firstSeconds: 10, longestSeconds: 900 };

describe('the wait between tries', () => {
  test('is twice as long after each try, up to a bound', () => {
    const waits = [1, 2, 3, 7, 8, 20, 5000].map((tries) => backoffSeconds(tries, backoff, () => 1));

    expect(waits).toEqual([10, 20, 40, 640, 900, 900, 900]);
  });

  test('is spread between half of that and all of it', () => {
    const waits = [0, 0.5, 0.999].map((chance) => backoffSeconds(3, backoff, () => chance));

    expect(waits).toEqual([20, 30, 40]);
  });

  test.each([0, -1, Number.NaN])('after %j tries is that after the first', (tries) => {
    expect(backoffSeconds(tries, backoff, () => 1)).toBe(10);
  });
});
