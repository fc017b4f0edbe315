import type { Random } from '../../../functions/shared/domain/allocation.ts';

/** Who books whom, how often and for how long. Durations in milliseconds. */
export interface DemandSettings {
  readonly bookingsPerHour: number;
  /** From a booking to its end. */
  readonly holdMs: number;
  readonly coolDownMs: number;
  /** The most live bookings that a driver has at once. */
  readonly maxPerParty: number;
  /** People who serve many: drivers, couriers, agents. */
  readonly drivers: number;
  /** People who are served, one booking at a time; they come back. */
  readonly riders: number;
}

/** One booking that somebody asks for. People are counted from 0, drivers and riders apart. */
export interface Arrival {
  readonly atMs: number;
  readonly driver: number;
  readonly rider: number;
  /** The most virtual numbers that either of the two holds with this booking, cool-downs included. */
  readonly degree: number;
}

const HOUR_MS = 3_600_000;
const MAX_DRAWS = 200;

/** The ends of what somebody has, in the order of time, since every booking lasts equally long. */
class Agenda {
  readonly #endsAtMs: number[] = [];

  liveAt(nowMs: number, afterMs = 0): number {
    let live = 0;
    for (let at = this.#endsAtMs.length - 1; at >= 0; at -= 1) {
      if ((this.#endsAtMs[at] ?? 0) + afterMs <= nowMs) break;
      live += 1;
    }
    return live;
  }

  add(endsAtMs: number, forgetBeforeMs: number): void {
    while ((this.#endsAtMs[0] ?? Infinity) < forgetBeforeMs) this.#endsAtMs.shift();
    this.#endsAtMs.push(endsAtMs);
  }
}

/**
 * Bookings at random moments (a Poisson process), each between a rider and a driver who have room for one. The
 * same random source gives the same bookings, whatever pool then serves them.
 */
export function* arrivals(settings: DemandSettings, durationMs: number, random: Random): Generator<Arrival> {
  const { holdMs, coolDownMs, maxPerParty } = settings;
  const meanGapMs = HOUR_MS / settings.bookingsPerHour;
  const drivers = new Map<number, Agenda>();
  const riders = new Map<number, Agenda>();
  let atMs = 0;
  for (;;) {
    atMs += -Math.log(1 - random()) * meanGapMs;
    if (atMs > durationMs) return;
    const driver = pick(drivers, settings.drivers, maxPerParty, atMs, random);
    const rider = pick(riders, settings.riders, 1, atMs, random);
    if (driver === undefined || rider === undefined) continue;
    const people = [agendaOf(drivers, driver), agendaOf(riders, rider)];
    for (const agenda of people) agenda.add(atMs + holdMs, atMs - coolDownMs);
    yield {
      atMs,
      driver,
      rider,
      degree: Math.max(...people.map((agenda) => agenda.liveAt(atMs, coolDownMs))),
    };
  }
}

function agendaOf(agendas: Map<number, Agenda>, person: number): Agenda {
  let agenda = agendas.get(person);
  if (agenda === undefined) {
    agenda = new Agenda();
    agendas.set(person, agenda);
  }
  return agenda;
}

/** Somebody with room for one more booking; undefined when almost everybody is busy. */
function pick(
  agendas: ReadonlyMap<number, Agenda>,
  count: number,
  most: number,
  nowMs: number,
  random: Random,
): number | undefined {
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const person = Math.floor(random() * count);
    if ((agendas.get(person)?.liveAt(nowMs) ?? 0) < most) return person;
  }
  return undefined;
}
