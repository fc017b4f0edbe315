/*
 * What the service promises, in the plainest way to say it: a list of bookings, asked one by one. Nothing here is
 * shared with the code under test; people and virtual numbers are small integers.
 */

export interface ModelParty {
  phones: readonly number[];
  virtualNumber: number;
  /** Numbers that the party has left, with the phones that had them. */
  former: readonly { readonly virtualNumber: number; readonly phones: readonly number[] }[];
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

/** Who had a virtual number with a phone last. */
interface Holder {
  readonly booking: ModelBooking;
  /** When the phone was replaced; it then waits for nobody. */
  leftAtMs?: number;
}

const keyOf = (phone: number, virtualNumber: number): string => `${phone} on ${virtualNumber}`;

/** What a phone connects with: the phones of the other party. */
export type Others = ReadonlyMap<number, readonly number[]>;

export class BookingModel {
  readonly bookings: ModelBooking[] = [];
  readonly numbers = new Map<number, ModelNumber>();
  readonly blocked = new Set<number>();
  readonly #holders = new Map<string, Holder>();

  live(nowMs: number): ModelBooking[] {
    return this.bookings.filter((one) => one.endedAtMs === undefined && nowMs < one.endsAtMs);
  }

  /** @throws when two live bookings would answer: the invariant is broken. */
  call(caller: number, dialled: number, nowMs: number): ModelAnswer {
    const answers = this.live(nowMs).flatMap((booking) =>
      booking.parties.flatMap((party, at) =>
        [party, ...party.former].some(
          (one) =>
            one.virtualNumber === dialled && one.phones.includes(caller) && party.phones.includes(caller),
        )
          ? [{ booking, at }]
          : [],
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

  /**
   * Whether the number may be given to the phone: nobody has it in a live booking, and it rests only for the sake of
   * people whom it would connect again.
   * @param own the booking that asks, which may have back what it had.
   */
  isFree(
    phone: number,
    virtualNumber: number,
    others: readonly number[],
    nowMs: number,
    own?: ModelBooking,
  ): boolean {
    const holder = this.#holders.get(keyOf(phone, virtualNumber));
    if (holder === undefined || holder.booking === own) return true;
    const { booking, leftAtMs } = holder;
    const endsAtMs = leftAtMs ?? booking.endedAtMs ?? booking.endsAtMs;
    if (endsAtMs + booking.coolDownMs <= nowMs) return true;
    if (endsAtMs > nowMs || leftAtMs !== undefined) return false;
    const at = booking.parties.findIndex(({ phones }) => phones.includes(phone));
    const callee = booking.parties[at === 0 ? 1 : 0].phones[0];
    return callee !== undefined && others.includes(callee);
  }

  /** The active numbers of these countries (all when undefined) that are free for every one of the phones. */
  freeNumbers(phones: Others, countries: readonly string[] | undefined, nowMs: number): number[] {
    return [...this.numbers].flatMap(([number, { country, active }]) =>
      active &&
      (countries?.includes(country) ?? true) &&
      [...phones].every(([phone, others]) => this.isFree(phone, number, others, nowMs))
        ? [number]
        : [],
    );
  }

  make(booking: ModelBooking): void {
    this.bookings.push(booking);
    for (const party of booking.parties) this.#take(booking, party.phones, party.virtualNumber);
  }

  replacePhones(booking: ModelBooking, party: ModelParty, phones: readonly number[], nowMs: number): void {
    for (const phone of party.phones.filter((one) => !phones.includes(one))) {
      for (const { virtualNumber } of [party, ...party.former]) {
        const holder = this.#holders.get(keyOf(phone, virtualNumber));
        if (holder?.booking === booking) holder.leftAtMs = nowMs;
      }
    }
    party.former = party.former.map((former) => ({
      ...former,
      phones: former.phones.filter((phone) => phones.includes(phone)),
    }));
    this.#take(
      booking,
      phones.filter((phone) => !party.phones.includes(phone)),
      party.virtualNumber,
    );
    party.phones = phones;
  }

  moveParty(booking: ModelBooking, party: ModelParty, virtualNumber: number): void {
    const left = [{ virtualNumber: party.virtualNumber, phones: party.phones }, ...party.former];
    party.former = left.filter((former) => former.virtualNumber !== virtualNumber);
    party.virtualNumber = virtualNumber;
    this.#take(booking, party.phones, virtualNumber);
  }

  /** Takes away every booking of a person, and what the person left elsewhere. */
  erase(person: number): void {
    const gone = this.bookings.filter((one) => one.parties.some(({ phones }) => phones.includes(person)));
    for (const booking of gone) this.bookings.splice(this.bookings.indexOf(booking), 1);
    for (const [key, { booking, leftAtMs }] of [...this.#holders]) {
      const isOwn = key.startsWith(`${person} on `);
      if (leftAtMs === undefined ? gone.includes(booking) : isOwn) this.#holders.delete(key);
    }
    this.blocked.delete(person);
  }

  #take(booking: ModelBooking, phones: readonly number[], virtualNumber: number): void {
    for (const phone of phones) this.#holders.set(keyOf(phone, virtualNumber), { booking });
  }
}

function isUsedUp({ limits, callsAtMs }: ModelBooking, nowMs: number): boolean {
  const { maxCalls = Infinity, maxCallsPerMinute = Infinity } = limits;
  const lately = callsAtMs.filter((atMs) => nowMs - atMs < 60_000);
  return callsAtMs.length >= maxCalls || lately.length >= maxCallsPerMinute;
}
