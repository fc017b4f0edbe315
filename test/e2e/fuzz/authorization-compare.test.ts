import { timingSafeEqual } from 'node:crypto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { isAccepted } from '../../../functions/shared/http/webhook-auth.ts';

vi.mock('node:crypto', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:crypto')>();
  return { ...original, timingSafeEqual: vi.fn(original.timingSafeEqual) };
});

const compare = vi.mocked(timingSafeEqual);

describe('comparing Authorization', () => {
  const accepted = ['Bearer first', 'Bearer second', 'Bearer a much longer third one'];
  beforeEach(() => {
    compare.mockClear();
  });

  test.each([...accepted, 'Bearer wrong', 'B', '', 'x'.repeat(10_000)])(
    'takes the same steps whatever is presented: %.20s',
    (presented) => {
      const isKnown = isAccepted(presented, accepted);

      expect(isKnown).toBe(accepted.includes(presented));
      // Every accepted value is compared, also after a match, and always over as many bytes.
      expect(compare.mock.calls.map(([one, other]) => [one.byteLength, other.byteLength])).toEqual(
        accepted.map(() => [32, 32]),
      );
    },
  );

  test('accepts nothing where nothing is registered', () => {
    expect(isAccepted('', [])).toBe(false);
  });
});
