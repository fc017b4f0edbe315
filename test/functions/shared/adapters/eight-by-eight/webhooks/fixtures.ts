import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PhoneNumber } from '../../../../../../functions/shared/domain/phone-number.ts';

const fixtureFolder = path.join(import.meta.dirname, 'fixtures');

/** Names, without `.json`, of the bodies in a folder such as `call-action` or `call-action/refused`. */
export function fixtureNames(folder: string): string[] {
  const entries = readdirSync(path.join(fixtureFolder, folder));
  return entries.filter((entry) => entry.endsWith('.json')).map((entry) => path.basename(entry, '.json'));
}

/** One raw webhook body, as it was sent. */
export function readFixture(folder: string, name: string): unknown {
  return JSON.parse(readFileSync(path.join(fixtureFolder, folder, `${name}.json`), 'utf8'));
}

/** A copy in which phone numbers are texts, because two `PhoneNumber`s look the same to a comparison. */
export function withNumbersRevealed(value: unknown): unknown {
  if (value instanceof PhoneNumber) return value.reveal();
  if (Array.isArray(value)) return value.map(withNumbersRevealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNumbersRevealed(inner)]));
}
