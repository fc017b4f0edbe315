import { type Booking, withPhoneNumbers } from '../../../functions/shared/domain/booking.ts';
import { routeCall } from '../../../functions/shared/domain/call-route.ts';
import { type ProblemCode, ProblemError } from '../../../functions/shared/domain/problems.ts';
import { alterBooking } from '../../../functions/shared/use-cases/alter-booking.ts';
import { blockNumber, unblockNumber } from '../../../functions/shared/use-cases/block-number.ts';
import { endBooking } from '../../../functions/shared/use-cases/change-booking.ts';
import { eraseParty } from '../../../functions/shared/use-cases/erase-party.ts';
import { type BookingDraft, makeBooking } from '../../../functions/shared/use-cases/make-booking.ts';
import { renumberBookings } from '../../../functions/shared/use-cases/renumber-bookings.ts';
import { person, virtualNumber } from '../../support/bookings.ts';
import type { BookingWorld } from '../../support/memory-booking-store.ts';
import { BookingModel, type ModelBooking, type Others } from './booking-model.ts';
import {
  type BookingOperation,
  type CreateOperation,
  countryOfNumber,
  countryOfPerson,
  countryOfPhone,
  NUMBERS,
  PHONES,
  phonesOf,
  phonesOfSecond,
} from './operations.ts';

const MINUTE_MS = 60_000;
const EVERY_BOOKING = { limit: 500, budgetMs: 1000 };

type ModelParties = ModelBooking['parties'];
type NumberWish = Pick<ModelBooking, 'numbering' | 'country'>;

/** Does to the service and to the model what the operations say, and throws where the two disagree. */
export class Rehearsal {
  readonly #world: BookingWorld;
  readonly #model = new BookingModel();
  #sessions = 0;

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
      case 'count':
        return this.#onLive(operation.pick, (one) => this.#count(one));
      case 'block':
        return this.#block(operation.person);
      case 'unblock':
        return this.#unblock(operation.person);
      case 'erase':
        return this.#erase(operation.person);
      case 'renumber':
        return this.#renumber(operation.number);
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
    const route = await this.#world.routes.find(dialled, caller, new AbortController().signal);
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
      else if (codeOf(outcome.reason) === 'NO_VIRTUAL_NUMBER_AVAILABLE') refused.push(one);
      else if (codeOf(outcome.reason) === 'PHONE_NUMBER_BLOCKED') this.#requireBlocked(phonesOf(one));
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
      limits: one.limits,
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
      { phones: [one.first], virtualNumber: first, former: [] },
      { phones: phonesOfSecond(one), virtualNumber: second, former: [] },
    ];
    if (one.numbering === 'shared' && first !== second) throw new Error('A shared number was not shared.');
    if (phonesOf(one).some((phone) => this.#model.blocked.has(phone)))
      throw new Error('A blocked one was booked.');
    for (const party of parties) {
      this.#requireFree(one, othersOf(party.phones, [[one.first], phonesOfSecond(one)]), party.virtualNumber);
    }
    this.#model.make({
      bookingId: booking.bookingId,
      parties,
      direction: one.direction,
      numbering: one.numbering,
      country: one.country,
      limits: one.limits,
      callsAtMs: [],
      endsAtMs: booking.expiresAtMs,
      coolDownMs: one.coolDownMinutes * MINUTE_MS,
    });
  }

  #checkRefusal(one: CreateOperation): void {
    const phones = [[one.first], phonesOfSecond(one)] as const;
    const needs = one.numbering === 'shared' ? [phones.flat()] : phones;
    if (needs.every((need) => this.#freeFor(one, othersOf(need, phones)).length > 0)) {
      throw new Error('A booking was refused while a number was free.');
    }
  }

  /** The numbers that phones of one party, or of both where they share a number, could be given. */
  #freeFor(wish: NumberWish, phones: Others): number[] {
    return this.#model.freeNumbers(phones, countriesFor(wish, [...phones.keys()]), this.#nowMs);
  }

  #requireFree(wish: NumberWish, phones: Others, number: number): void {
    if (this.#freeFor(wish, phones).includes(number)) return;
    throw new Error(`Number ${number} was given though it was not free.`);
  }

  #requireBlocked(phones: readonly number[]): void {
    if (phones.some((phone) => this.#model.blocked.has(phone))) return;
    throw new Error('Somebody was refused as blocked who is not.');
  }

  async #onLive(pick: number, work: (one: ModelBooking) => Promise<void>): Promise<void> {
    const live = this.#model.live(this.#nowMs);
    const one = live[pick % Math.max(1, live.length)];
    if (one !== undefined) await work(one);
  }

  async #moveEnd(one: ModelBooking, minutes: number): Promise<void> {
    const endsAtMs = this.#nowMs + minutes * MINUTE_MS;
    await this.#alter(one, (before) => ({ ...before, expiresAtMs: endsAtMs }), 'changed');
    one.endsAtMs = endsAtMs;
  }

  async #end(one: ModelBooking, reason: 'completed' | 'cancelled'): Promise<void> {
    const nowMs = this.#nowMs;
    await endBooking(one.bookingId, reason, this.#world.deps);
    one.endedAtMs = nowMs;
  }

  async #replace(one: ModelBooking, at: 0 | 1, newPhone: number): Promise<void> {
    const party = one.parties[at];
    if (one.parties.some(({ phones }) => phones.includes(newPhone))) return;
    const { blocked } = this.#model;
    const rung = one.parties[at === 0 ? 1 : 0].phones;
    const isFree = this.#model.isFree(newPhone, party.virtualNumber, rung, this.#nowMs, one);
    // Calls of the other party would ring the new phone, and the new phone the other party.
    const reachesBlocked = [newPhone, ...rung].some((phone) => blocked.has(phone));
    const expected = reachesBlocked ? 'PHONE_NUMBER_BLOCKED' : isFree ? 'changed' : 'PHONE_NUMBER_TAKEN';
    await this.#alter(
      one,
      (before) => {
        const [first, second] = before.parties;
        const phoneNumbers = [person(newPhone)];
        return {
          ...before,
          parties:
            at === 0
              ? [withPhoneNumbers(first, phoneNumbers), second]
              : [first, withPhoneNumbers(second, phoneNumbers)],
        };
      },
      expected,
    );
    if (expected === 'changed') this.#model.replacePhones(one, party, [newPhone], this.#nowMs);
  }

  async #count(one: ModelBooking): Promise<void> {
    this.#sessions += 1;
    const sessionId = `session-${this.#sessions}`;
    const { bookingId } = one;
    const atMs = this.#nowMs;
    const decision = { eventId: sessionId, kind: 'connect', bookingId, atMs };
    await this.#world.counter.count(sessionId, decision, atMs);
    if (Object.keys(one.limits).length > 0) one.callsAtMs.push(atMs);
  }

  async #block(one: number): Promise<void> {
    await blockNumber(person(one), 'Reported.', this.#blocking);
    this.#model.blocked.add(one);
  }

  async #unblock(one: number): Promise<void> {
    if (this.#model.blocked.delete(one)) await unblockNumber(person(one), this.#blocking);
  }

  /** Takes as many requests as the erasure needs. */
  async #erase(one: number): Promise<void> {
    this.#sessions += 1;
    const { complete } = await eraseParty(person(one), {
      ...this.#world.deps,
      traces: this.#world.traces,
      newErasureId: () => `erasure-${this.#sessions}`,
      patienceMs: 60_000,
    });
    if (!complete) throw new Error('An erasure was not completed though there was time.');
    this.#model.erase(one);
  }

  get #blocking() {
    return { blocklist: this.#world.blocklist, nowMs: () => this.#nowMs };
  }

  /** Each live booking leaves the number for one that was free for it, or there was none. */
  async #renumber(from: number): Promise<void> {
    if (this.#model.numbers.get(from)?.active !== false) return;
    const live = this.#model
      .live(this.#nowMs)
      .filter((one) => one.parties.some((party) => party.virtualNumber === from));
    const { moved, notMoved } = await renumberBookings(virtualNumber(from), EVERY_BOOKING, {
      ...this.#world.deps,
      numbers: this.#world.numbers,
      numberBookings: this.#world.numberBookings,
      countryOf: (number) => PHONES.filter((phone) => person(phone).equals(number)).map(countryOfPhone)[0],
    });
    for (const one of live) {
      const refusal = notMoved.find(({ bookingId }) => bookingId === one.bookingId);
      if (refusal !== undefined) this.#checkStaying(one, from, refusal.code);
      else if (moved.some(({ bookingId }) => bookingId === one.bookingId)) await this.#noteMoved(one, from);
      else throw new Error('A live booking was forgotten.');
    }
  }

  #checkStaying(one: ModelBooking, from: number, code: string): void {
    const moving = one.parties.filter((party) => party.virtualNumber === from).map(({ phones }) => phones);
    const needs = one.numbering === 'shared' ? [moving.flat()] : moving;
    const people = one.parties.map(({ phones }) => phones);
    if (code === 'PHONE_NUMBER_BLOCKED') this.#requireBlocked(people.flat());
    if (
      code === 'NO_VIRTUAL_NUMBER_AVAILABLE' &&
      needs.every((need) => this.#freeFor(one, othersOf(need, people)).length > 0)
    ) {
      throw new Error('A booking was not moved while a number was free.');
    }
  }

  async #noteMoved(one: ModelBooking, from: number): Promise<void> {
    const booking = await this.#world.bookings.find(one.bookingId);
    const numbers = booking?.parties.map((party) =>
      NUMBERS.find((n) => virtualNumber(n).equals(party.virtualNumber)),
    );
    const people = one.parties.map(({ phones }) => phones);
    if (people.flat().some((phone) => this.#model.blocked.has(phone)))
      throw new Error('A blocked one was moved.');
    for (const [at, party] of one.parties.entries()) {
      const number = numbers?.[at];
      if (number === undefined) throw new Error('A booking was moved out of the pool.');
      if (party.virtualNumber !== from) continue;
      const seeking = one.numbering === 'shared' ? people.flat() : party.phones;
      this.#requireFree(one, othersOf(seeking, people), number);
    }
    for (const [at, party] of one.parties.entries()) {
      if (party.virtualNumber === from) this.#model.moveParty(one, party, numbers?.[at] ?? 0);
    }
  }

  /** Changes a booking as the API does. */
  async #alter(
    { bookingId }: ModelBooking,
    change: (before: Booking) => Booking,
    expected: 'changed' | ProblemCode,
  ): Promise<void> {
    const [settled] = await Promise.allSettled([alterBooking(bookingId, { change }, this.#world.deps)]);
    const outcome = settled?.status === 'fulfilled' ? 'changed' : codeOf(settled?.reason);
    if (outcome !== expected) throw new Error(`A change was ${outcome}, expected ${expected}.`);
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

/** Whom each of some phones would be connected with, of the phones of two parties. */
function othersOf(phones: readonly number[], parties: readonly (readonly number[])[]): Others {
  return new Map(
    phones.map((phone) => [phone, parties.filter((party) => !party.includes(phone)).flat()] as const),
  );
}

/** The countries that may serve somebody; undefined for all. */
function countriesFor({ country, numbering }: NumberWish, phones: readonly number[]): string[] | undefined {
  if (country === undefined) return undefined;
  return numbering === 'shared' ? [country] : [country, countryOfPhone(phones[0] ?? 0)];
}

function codeOf(error: unknown): string | undefined {
  return error instanceof ProblemError ? error.code : undefined;
}
