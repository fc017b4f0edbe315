import { InvalidArgumentError } from 'commander';

const unitsMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads `90s`, `35m`, `1h` or `2d` into milliseconds; `0` needs no unit. */
export function parseDuration(text: string): number {
  if (text === '0') return 0;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (amount === undefined || (unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd')) {
    throw new InvalidArgumentError('Write a number and a unit: 90s, 35m, 1h or 2d.');
  }
  return Number(amount) * unitsMs[unit];
}

export function parseHold(text: string): number {
  const holdMs = parseDuration(text);
  if (holdMs === 0) throw new InvalidArgumentError('A booking lasts longer than no time: such as 35m.');
  return holdMs;
}

/** Reads a whole number from 1 on. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError('Write a whole number of 1 or more.');
  }
  return count;
}

export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new InvalidArgumentError('Write a whole number of 0 or more.');
  }
  return seed;
}

export function parseAmount(text: string): number {
  const amount = Number(text);
  if (text.trim() === '' || !Number.isFinite(amount) || amount < 0) {
    throw new InvalidArgumentError('Write an amount of 0 or more, such as 6.50.');
  }
  return amount;
}

/** Reads a share such as `0.1%` into a number from 0 to 1. */
export function parseShare(text: string): number {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent === undefined || Number(percent) > 100) {
    throw new InvalidArgumentError('Write a percentage from 0% to 100%, such as 0.1%.');
  }
  return Number(percent) / 100;
}
