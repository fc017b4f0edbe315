/*
 * What the service promises, in the plainest way to say it: a list of bookings, asked one by one. Nothing here is
 * shared with the code under test; people and virtual numbers are small integers.
 */

export interface ModelParty {
  phones: readonly number[];
  virtualNumber: number;
}

export interface ModelLimits {
  readonly maxCalls?: number;
  readonly maxCallsPerMinute?: number;
}

export interface ModelBooking {
  readonly bookingId: string;
  readonly parties: readonly [ModelParty, ModelParty];
  readonly direction: 'both' | 'first-to-second' | 'second-to-first';
  readonly numbering: 'shared' | 'per-party';
  readonly country: string | undefined;
  readonly limits: ModelLimits;
  /** When each counted call of the booking came in. */
  readonly callsAtMs: number[];
  endsAtMs: number;
  endedAtMs?: number;
  readonly coolDownMs: number;
}

export interface ModelNumber {
  readonly country: string;
  active: boolean;
}

/** Whom a call reaches: somebody, nobody, or (which must never be) several. */
export type ModelAnswer =
  | { readonly kind: 'connect'; readonly callee: number; readonly callerId: number }
  | { readonly kind: 'nobody' };

/** A pair that a booking gave up when a phone number was replaced; it rests like one that ended. */
interface LeftPair {
  readonly phone: number;
  readonly virtualNumber: number;
  readonly freeAtMs: number;
}

export class BookingModel {
  readonly bookings: ModelBooking[] = [];
  readonly numbers = new Map<number, ModelNumber>();
  readonly blocked = new Set<number>();
  readonly #left: LeftPair[] = [];

  live(nowMs: number): ModelBooking[] {
    return this.bookings.filter((one) => one.endedAtMs === undefined && nowMs < one.endsAtMs);
  }

  /** @throws when two live bookings would answer: the invariant is broken. */
  call(caller: number, dialled: number, nowMs: number): ModelAnswer {
    const answers = this.live(nowMs).flatMap((booking) =>
      booking.parties.flatMap((party, at) =>
        party.virtualNumber === dialled && party.phones.includes(caller) ? [{ booking, at }] : [],
      ),
    );
    if (answers.length > 1) throw new Error(`${answers.length} bookings answer one caller on one number.`);
    const [answer] = answers;
    if (answer === undefined) return { kind: 'nobody' };
    const { booking, at } = answer;
    const isForbidden = booking.direction === (at === 0 ? 'second-to-first' : 'first-to-second');
    const other = booking.parties[at === 0 ? 1 : 0];
    const callee = other.phones[0];
    if (isForbidden || callee === undefined) return { kind: 'nobody' };
    if (this.blocked.has(caller) || this.blocked.has(callee)) return { kind: 'nobody' };
    if (isUsedUp(booking, nowMs)) return { kind: 'nobody' };
    return { kind: 'connect', callee, callerId: other.virtualNumber };
  }

  /** Nobody has the number in a live booking or a cool-down with this phone. */
  isFree(phone: number, virtualNumber: number, nowMs: number): boolean {
    const held = this.bookings.some(
      (one) =>
        one.parties.some((party) => party.virtualNumber === virtualNumber && party.phones.includes(phone)) &&
        (one.endedAtMs ?? one.endsAtMs) + one.coolDownMs > nowMs,
    );
    const resting = this.#left.some(
      (one) => one.phone === phone && one.virtualNumber === virtualNumber && one.freeAtMs > nowMs,
    );
    return !held && !resting;
  }

  /** The active numbers of these countries (all when undefined) that are free for every one of the phones. */
  freeNumbers(phones: readonly number[], countries: readonly string[] | undefined, nowMs: number): number[] {
    return [...this.numbers].flatMap(([number, { country, active }]) =>
      active &&
      (countries?.includes(country) ?? true) &&
      phones.every((phone) => this.isFree(phone, number, nowMs))
        ? [number]
        : [],
    );
  }

  replacePhones(booking: ModelBooking, party: ModelParty, phones: readonly number[], nowMs: number): void {
    const gone = party.phones.filter((one) => !phones.includes(one));
    this.#leave(booking, gone, party.virtualNumber, nowMs);
    party.phones = phones;
  }

  moveParty(booking: ModelBooking, party: ModelParty, virtualNumber: number, nowMs: number): void {
    this.#leave(booking, party.phones, party.virtualNumber, nowMs);
    party.virtualNumber = virtualNumber;
  }

  #leave({ coolDownMs }: ModelBooking, phones: readonly number[], virtualNumber: number, nowMs: number) {
    for (const phone of phones) this.#left.push({ phone, virtualNumber, freeAtMs: nowMs + coolDownMs });
  }
}

function isUsedUp({ limits, callsAtMs }: ModelBooking, nowMs: number): boolean {
  const { maxCalls = Infinity, maxCallsPerMinute = Infinity } = limits;
  const lately = callsAtMs.filter((atMs) => nowMs - atMs < 60_000);
  return callsAtMs.length >= maxCalls || lately.length >= maxCallsPerMinute;
}
