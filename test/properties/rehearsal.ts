import type { Booking } from '../../functions/shared/domain/booking.ts';
import { routeCall } from '../../functions/shared/domain/call-route.ts';
import { type BookingDraft, makeBooking } from '../../functions/shared/domain/make-booking.ts';
import { ProblemError } from '../../functions/shared/domain/problems.ts';
import { person, virtualNumber } from '../support/bookings.ts';
import type { BookingWorld } from '../support/memory-booking-store.ts';
import { BookingModel, type ModelBooking } from './booking-model.ts';
import {
  type BookingOperation,
  type CreateOperation,
  countryOfNumber,
  countryOfPerson,
  NUMBERS,
  PEOPLE,
  SPARE_PHONE_OFFSET,
} from './operations.ts';

const MINUTE_MS = 60_000;
const MAX_TRIES = 40;
const PHONES = Array.from({ length: PEOPLE }, (_, at) => at + 1).flatMap((one) => [
  one,
  one + SPARE_PHONE_OFFSET,
]);

type ModelParties = ModelBooking['parties'];

/** Does to the service and to the model what the operations say, and throws where the two disagree. */
export class Rehearsal {
  readonly #world: BookingWorld;
  readonly #model = new BookingModel();

  constructor(world: BookingWorld) {
    this.#world = world;
  }

  get #nowMs(): number {
    return this.#world.clock.nowMs;
  }

  /** Puts every virtual number into the pool. */
  async open(): Promise<void> {
    for (const number of NUMBERS) await this.#setNumber(number, 'active');
  }

  async run(operation: BookingOperation): Promise<void> {
    switch (operation.kind) {
      case 'create':
        return this.#create(operation.bookings);
      case 'move-end':
        return this.#onLive(operation.pick, (one) => this.#moveEnd(one, operation.minutes));
      case 'replace':
        return this.#onLive(operation.pick, (one) => this.#replace(one, operation.party, operation.person));
      case 'end':
        return this.#onLive(operation.pick, (one) => this.#end(one, operation.reason));
      case 'wait':
        this.#world.clock.nowMs += operation.minutes * MINUTE_MS;
        return;
      case 'wait-for-expiry':
        this.#world.clock.nowMs = Math.min(
          ...this.#model.live(this.#nowMs).map((one) => one.endsAtMs),
          this.#nowMs + 120 * MINUTE_MS,
        );
        return;
      case 'number':
        return this.#setNumber(operation.number, operation.state);
    }
  }

  /** Lets everybody call every number: each reaches whom the model says, and strangers nobody. */
  async callEverything(): Promise<void> {
    for (const number of NUMBERS) for (const phone of PHONES) await this.#call(phone, number);
  }

  async #call(phone: number, number: number): Promise<void> {
    const caller = person(phone);
    const dialled = virtualNumber(number);
    const route = await this.#world.routes.find(dialled, caller, AbortSignal.timeout(5000));
    const call = { sessionId: 'a-session', caller, virtualNumber: dialled };
    const decision = routeCall(call, route, this.#nowMs);
    const expected = this.#model.call(phone, number, this.#nowMs);
    const reached =
      decision.kind === 'connect'
        ? `${decision.callee.reveal()} from ${decision.callerId.reveal()}`
        : 'nobody';
    const wanted =
      expected.kind === 'connect'
        ? `${person(expected.callee).reveal()} from ${virtualNumber(expected.callerId).reveal()}`
        : 'nobody';
    if (reached !== wanted) {
      throw new Error(`Phone ${phone} on number ${number} reached ${reached} instead of ${wanted}.`);
    }
  }

  /** Makes the bookings at the same time; then none may collide, and none was refused for nothing. */
  async #create(wanted: readonly CreateOperation[]): Promise<void> {
    const outcomes = await Promise.allSettled(
      wanted.map((one) => makeBooking(this.#draftOf(one), this.#world.deps)),
    );
    const refused: CreateOperation[] = [];
    for (const [at, outcome] of outcomes.entries()) {
      const one = wanted[at];
      if (one === undefined) continue;
      if (outcome.status === 'fulfilled') this.#noteMade(one, outcome.value.booking);
      else if (isNoneAvailable(outcome.reason)) refused.push(one);
      else throw outcome.reason;
    }
    for (const one of refused) this.#checkRefusal(one);
  }

  #draftOf(one: CreateOperation): BookingDraft {
    return {
      parties: [
        { phoneNumbers: [person(one.first)], country: countryOfPerson(one.first) },
        {
          phoneNumbers: phonesOfSecond(one).map(person),
          country: countryOfPerson(one.second),
        },
      ],
      numbering: one.numbering,
      direction: one.direction,
      ...(one.country !== undefined && { country: one.country }),
      ...(one.preferred !== undefined && { preferredNumber: virtualNumber(one.preferred) }),
      recordCalls: false,
      limits: {},
      sticky: one.sticky,
      expiresAtMs: this.#nowMs + one.minutes * MINUTE_MS,
      coolDownSeconds: one.coolDownMinutes * 60,
    };
  }

  /** What was given must be free by the model as the bookings noted before it left it. */
  #noteMade(one: CreateOperation, booking: Booking): void {
    const [first, second] = booking.parties.map((party) =>
      NUMBERS.find((number) => virtualNumber(number).equals(party.virtualNumber)),
    );
    if (first === undefined || second === undefined) throw new Error('A number outside the pool was given.');
    const parties: ModelParties = [
      { phones: [one.first], virtualNumber: first },
      { phones: phonesOfSecond(one), virtualNumber: second },
    ];
    if (one.numbering === 'shared' && first !== second) throw new Error('A shared number was not shared.');
    for (const [at, party] of parties.entries()) {
      const free = this.#model.freeNumbers(party.phones, countriesFor(one, at), this.#nowMs);
      if (!free.includes(party.virtualNumber)) {
        throw new Error(`Number ${party.virtualNumber} was given though it was not free.`);
      }
    }
    this.#model.bookings.push({
      bookingId: booking.bookingId,
      parties,
      direction: one.direction,
      endsAtMs: booking.expiresAtMs,
      coolDownMs: one.coolDownMinutes * MINUTE_MS,
    });
  }

  #checkRefusal(one: CreateOperation): void {
    const phones = [[one.first], phonesOfSecond(one)];
    const needs = one.numbering === 'shared' ? [phones.flat()] : phones;
    const canServe = needs.every(
      (need, at) => this.#model.freeNumbers(need, countriesFor(one, at), this.#nowMs).length > 0,
    );
    if (canServe) throw new Error('A booking was refused while a number was free.');
  }

  async #onLive(pick: number, work: (one: ModelBooking) => Promise<void>): Promise<void> {
    const live = this.#model.live(this.#nowMs);
    const one = live[pick % Math.max(1, live.length)];
    if (one !== undefined) await work(one);
  }

  async #moveEnd(one: ModelBooking, minutes: number): Promise<void> {
    const endsAtMs = this.#nowMs + minutes * MINUTE_MS;
    await this.#change(one, (before) => ({ ...before, expiresAtMs: endsAtMs }), 'changed');
    one.endsAtMs = endsAtMs;
  }

  async #end(one: ModelBooking, reason: 'completed' | 'cancelled'): Promise<void> {
    const nowMs = this.#nowMs;
    await this.#change(one, (before) => ({ ...before, storedStatus: reason, endedAtMs: nowMs }), 'changed');
    one.endedAtMs = nowMs;
  }

  async #replace(one: ModelBooking, at: 0 | 1, newPhone: number): Promise<void> {
    const party = one.parties[at];
    if (one.parties.some(({ phones }) => phones.includes(newPhone))) return;
    const isFree = this.#model.isFree(newPhone, party.virtualNumber, this.#nowMs);
    await this.#change(
      one,
      (before) => {
        const [first, second] = before.parties;
        const phoneNumbers = [person(newPhone)];
        return {
          ...before,
          parties: at === 0 ? [{ ...first, phoneNumbers }, second] : [first, { ...second, phoneNumbers }],
        };
      },
      isFree ? 'changed' : 'taken',
    );
    if (isFree) this.#model.replacePhones(one, party, [newPhone], this.#nowMs);
  }

  /** A change that another one got in the way of is tried again, as the API does. */
  async #change(
    { bookingId }: ModelBooking,
    changed: (before: Booking) => Booking,
    expected: 'changed' | 'taken',
  ): Promise<void> {
    const { bookings } = this.#world;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const before = await bookings.find(bookingId);
      if (before === undefined) throw new Error('A booking has vanished.');
      const after = { ...changed(before), version: before.version + 1 };
      const outcome = await bookings.change(before, after, this.#nowMs);
      if (outcome === expected) return;
      if (outcome !== 'stale') throw new Error(`A change was ${outcome}, expected ${expected}.`);
    }
    throw new Error('A change stayed stale though nobody else changed the booking.');
  }

  async #setNumber(number: number, state: 'active' | 'unhealthy' | 'draining'): Promise<void> {
    const country = countryOfNumber(number);
    await this.#world.numbers.putNumber(
      { virtualNumber: virtualNumber(number), country, state },
      this.#nowMs,
    );
    this.#model.numbers.set(number, { country, active: state === 'active' });
  }
}

function phonesOfSecond({ second, hasSpare }: CreateOperation): number[] {
  return hasSpare ? [second, second + SPARE_PHONE_OFFSET] : [second];
}

/** The countries that may serve a party; undefined for all. */
function countriesFor(one: CreateOperation, at: number): string[] | undefined {
  if (one.country === undefined) return undefined;
  if (one.numbering === 'shared') return [one.country];
  return [one.country, countryOfPerson(at === 0 ? one.first : one.second)];
}

function isNoneAvailable(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'NO_VIRTUAL_NUMBER_AVAILABLE';
}
