import { expect, test } from 'vitest';
import { silentMp3 } from '../../../lib/simulated-8x8/mp3.ts';

const MPEG2_LAYER3_BITRATES = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const MPEG2_SAMPLE_RATES = [22_050, 24_000, 16_000];

/** Walks the frames as a decoder does: by the length that each header gives. */
function framesOf(file: Uint8Array): { count: number; seconds: number; lengthBytes: number } {
  let offset = 0;
  let count = 0;
  let seconds = 0;
  while (offset + 4 <= file.length) {
    const [sync = 0, version = 0, rates = 0] = file.subarray(offset, offset + 3);
    if (sync !== 0xff || (version & 0xfe) !== 0xf2) break;
    const bitrate = (MPEG2_LAYER3_BITRATES[rates >> 4] ?? 0) * 1000;
    const sampleRate = MPEG2_SAMPLE_RATES[(rates >> 2) & 3] ?? 1;
    const padding = (rates >> 1) & 1;
    offset += Math.floor((72 * bitrate) / sampleRate) + padding;
    count += 1;
    seconds += 576 / sampleRate;
  }
  return { count, seconds, lengthBytes: offset };
}

test.each([1, 5, 12.5])('a recording of %s seconds is that many seconds of whole frames', (wanted) => {
  const file = silentMp3(wanted);
  const { seconds, lengthBytes } = framesOf(file);

  expect(lengthBytes).toBe(file.length);
  expect(seconds).toBeGreaterThanOrEqual(wanted);
  expect(seconds).toBeLessThan(wanted + 0.05);
});

test('a file is never empty and never long', () => {
  expect(framesOf(silentMp3(0)).count).toBe(1);
  expect(framesOf(silentMp3(86_400)).seconds).toBeLessThan(31);
});
