import { PhoneNumber } from '../domain/phone-number.ts';
import { POOL_REMEMBERED_MS, type PoolView } from '../domain/pool.ts';
import type { NumberPool } from '../ports/number-store.ts';

/** Where the numbers of the pool are read from. */
export interface PoolSource {
  /** Counts the changes of the pool: the same count, the same numbers. */
  readVersion(): Promise<number>;
  readNumbers(): Promise<readonly PooledNumber[]>;
}

/** A number of the pool, and whether new bookings get it. */
export interface PooledNumber {
  readonly country: string;
  readonly number: string;
  readonly isActive: boolean;
}

/** The pool as it is remembered, and how to make those forget it who have just changed it. */
export interface RememberedPool extends NumberPool {
  forget(): void;
}

interface Remembered {
  readonly version: number;
  readonly view: PoolView;
  readonly readAtMs: number;
}

/** Remembers the pool for an execution environment: every few seconds its version is read, and the numbers if it changed. */
export function rememberPool({ readVersion, readNumbers }: PoolSource): RememberedPool {
  let remembered: Remembered | undefined;
  let reading: Promise<PoolView> | undefined;
  let forgotten = 0;

  /** The version first: what the numbers say is at least as new. */
  async function read(nowMs: number): Promise<PoolView> {
    const known = remembered;
    const asOf = forgotten;
    const version = await readVersion();
    const view = known?.version === version ? known.view : viewOf(await readNumbers());
    // What was read before somebody changed the pool is not what comes after it.
    if (asOf === forgotten) remembered = { version, view, readAtMs: nowMs };
    return view;
  }

  /** Requests that need the pool at the same moment read it once; a reading that failed is not kept. */
  function readOnce(nowMs: number): Promise<PoolView> {
    reading ??= read(nowMs).finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    async view(nowMs) {
      const age = remembered === undefined ? Number.POSITIVE_INFINITY : nowMs - remembered.readAtMs;
      if (remembered !== undefined && age >= 0 && age <= POOL_REMEMBERED_MS) return remembered.view;
      return readOnce(nowMs);
    },
    // A reading that is under way began before this one was asked for, and may have seen what was before.
    refresh: read,
    forget() {
      remembered = undefined;
      reading = undefined;
      forgotten += 1;
    },
  };
}

function viewOf(numbers: readonly PooledNumber[]): PoolView {
  const active = new Map<string, PhoneNumber[]>();
  const countries = new Map<string, string>();
  const others = new Set<string>();
  for (const { country, number: text, isActive } of numbers) {
    const number = PhoneNumber.from(text);
    if (!isActive) {
      others.add(number.lineKey());
      continue;
    }
    countries.set(number.lineKey(), country);
    const ofCountry = active.get(country);
    if (ofCountry === undefined) active.set(country, [number]);
    else ofCountry.push(number);
  }
  return {
    active,
    countryOf: (number) => countries.get(number.lineKey()),
    has: (number) => countries.has(number.lineKey()) || others.has(number.lineKey()),
  };
}
