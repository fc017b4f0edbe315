import {
  countriesForParty,
  countriesToTry,
  FIRST_DRAW,
  FURTHER_DRAW,
  type HeldNumbers,
  heldAt,
  orderCandidates,
  type Random,
  SlotDraw,
} from '../domain/allocation.ts';
import type { Numbering } from '../domain/booking.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { Holding, PoolSizes, SlotContent, SlotRef } from '../domain/pool.ts';
import type { BookingContext, BookingStore } from '../ports/booking-store.ts';

/** A party as it is asked for; the virtual number is still to be found. */
export interface PartyDraft {
  readonly label?: string;
  readonly phoneNumbers: readonly PhoneNumber[];
  /** The country of the first phone number, ISO 3166-1 alpha-2, where it is known. */
  readonly country?: string;
}

/** What a booking found of the pool that it could choose from. */
export interface NumberChoice {
  readonly outcome: 'made' | 'refused';
  /** The country that was asked for, or whose numbers are tried first; undefined when the pool is empty. */
  readonly country: string | undefined;
  /** Active numbers of the countries that could serve. */
  readonly poolSize: number;
  /** How many of them the parties held before; where each gets a number of its own, the party with fewest left. */
  readonly taken: number;
}

/**
 * How often the slots of a country are read at most. An empty one says that numbers left the pool meanwhile and that
 * others moved into the gaps, perhaps into slots that had been read before; then all are read again.
 */
const MAX_SWEEPS = 4;

/** One virtual number to be found, and who must be able to use it. */
interface Seeker {
  readonly held: HeldNumbers;
  readonly countries: readonly string[];
  readonly sizes: PoolSizes;
  /** Numbers to try before others: before those of any country, or of their own only. */
  readonly favourites: readonly SlotContent[];
  readonly favouritesPrecede: 'all' | 'their country';
}

/** A number where it was seen: the same number elsewhere is another offer. */
export const placeOf = ({ virtualNumber, country, slot }: SlotContent): string =>
  `${virtualNumber.reveal()} ${country} ${slot}`;

/** What the phone numbers of a party hold or held lately. */
export function holdingsOf(context: BookingContext, party: PartyDraft): Holding[] {
  return party.phoneNumbers.flatMap((number) => context.holdings.get(number.reveal()) ?? []);
}

/** What the numbers of a booking are chosen by. */
export interface NumberWish {
  readonly parties: readonly [PartyDraft, PartyDraft];
  readonly numbering: Numbering;
  /** The country that was asked for. */
  readonly country?: string;
}

/**
 * The searches that find the numbers of a booking, best number first: one that is free for everybody where numbers
 * are shared, else one for each party. A search costs a request for each batch that it draws, when it is asked.
 */
export function searchNumbers(
  wish: NumberWish,
  context: BookingContext,
  { store, random, left = new Set() }: SearchDependencies,
  nowMs: number,
): AsyncGenerator<SlotContent, void>[] {
  const readSlots = joinedReads(store);
  return seekersOf(wish, context, nowMs, left).map((seeker) => candidates(seeker, readSlots, random));
}

/** Whether two numbers were seen in one slot, which one of them must have left since. */
export function meetInOneSlot(given: readonly SlotContent[]): boolean {
  const [first, second] = given;
  if (first === undefined || second === undefined) return false;
  return slotText(first) === slotText(second) && !first.virtualNumber.equals(second.virtualNumber);
}

interface SearchDependencies {
  readonly store: BookingStore;
  readonly random: Random;
  /** Places that numbers turned out to have left; what is remembered there is not tried. */
  readonly left?: ReadonlySet<string>;
}

/**
 * What belongs to the two parties, in an order that does not depend on which of them is named first; applied again,
 * in the order of the parties.
 */
export function pairOrder<T>(
  [first, second]: readonly [Pick<PartyDraft, 'phoneNumbers'>, Pick<PartyDraft, 'phoneNumbers'>],
  values: readonly T[],
): readonly T[] {
  const text = ({ phoneNumbers }: Pick<PartyDraft, 'phoneNumbers'>) => phoneNumbers[0]?.reveal() ?? '';
  return text(first) <= text(second) ? values : values.toReversed();
}

type ReadSlots = BookingStore['readSlots'];

/** Reads together what is asked for at the same moment: the first draws of two parties cost one request. */
function joinedReads(store: BookingStore): ReadSlots {
  let gathering: Map<string, SlotRef> | undefined;
  let contents: Promise<SlotContent[]> | undefined;
  return async (slots) => {
    if (gathering === undefined || contents === undefined || gathering.size + slots.length > FURTHER_DRAW) {
      const together = new Map<string, SlotRef>();
      gathering = together;
      contents = Promise.resolve().then(() => {
        if (gathering === together) gathering = undefined;
        return store.readSlots([...together.values()]);
      });
    }
    for (const ref of slots) gathering.set(slotText(ref), ref);
    const wanted = new Set(slots.map(slotText));
    return (await contents).filter((content) => wanted.has(slotText(content)));
  };
}

const slotText = ({ country, slot }: SlotRef): string => `${country} ${slot}`;

/** Shared: one number free for everybody. Per party: one number each, of the party's own country if there is one. */
function seekersOf(
  wish: NumberWish,
  context: BookingContext,
  nowMs: number,
  left: ReadonlySet<string> = new Set(),
): Seeker[] {
  const { parties, country } = wish;
  const { sizes, lastGiven } = context;
  const preferred = context.preferred === undefined ? [] : [context.preferred];
  const standing = (content: SlotContent) => !left.has(placeOf(content));
  if (wish.numbering === 'shared') {
    const own = parties.map((party) => party.country);
    const held = heldAt(
      parties.flatMap((party) => holdingsOf(context, party)),
      nowMs,
    );
    const countries = countriesToTry(country, own, sizes);
    return [
      {
        held,
        countries,
        sizes,
        favourites: [...preferred, ...lastGiven.filter(standing)],
        favouritesPrecede: 'all',
      },
    ];
  }
  const ofParty = lastGiven.length === 2 ? pairOrder(parties, lastGiven) : [];
  return parties.map((party, at) => {
    const countries = countriesForParty(party.country, country, sizes);
    const hasOwn = party.country !== undefined && countries[0] === party.country;
    return {
      held: heldAt(holdingsOf(context, party), nowMs),
      countries,
      sizes,
      favourites: [...preferred, ...ofParty.slice(at, at + 1).filter(standing)],
      // No wish takes a party's own country away from it.
      favouritesPrecede: hasOwn ? 'their country' : 'all',
    };
  });
}

/** Every number that the seeker may be given, best first, each read only when it is asked for. */
async function* candidates(
  { held, countries, sizes, favourites, favouritesPrecede }: Seeker,
  readSlots: ReadSlots,
  random: Random,
): AsyncGenerator<SlotContent, void> {
  const offered = new Set<string>();
  function* unoffered(contents: Iterable<SlotContent>): Generator<SlotContent> {
    for (const content of contents) {
      const number = content.virtualNumber.reveal();
      // By place: a number remembered where it stood the last time is offered again where it stands now.
      if (offered.has(placeOf(content)) || held.has(number)) continue;
      offered.add(placeOf(content));
      yield content;
    }
  }
  if (favouritesPrecede === 'all') {
    yield* unoffered(favourites.filter((content) => countries.includes(content.country)));
  }
  for (const country of countries) {
    yield* unoffered(favourites.filter((content) => content.country === country));
    let size = sizes.get(country) ?? 0;
    for (let sweep = 0, emptied = size; emptied > 0 && sweep < MAX_SWEEPS; sweep += 1) {
      emptied = 0;
      const draw = new SlotDraw(country, size, held, random);
      for (let slots = draw.next(FIRST_DRAW); slots.length > 0; slots = draw.next(FURTHER_DRAW)) {
        const contents = await readSlots(slots);
        emptied += slots.length - contents.length;
        yield* unoffered(orderCandidates(contents, held, random));
      }
      size -= emptied;
    }
  }
}

/** The tightest of the choices that the booking had: of each seeker's countries, how much was taken. */
export function choiceOf(
  outcome: NumberChoice['outcome'],
  wish: NumberWish,
  context: BookingContext,
  nowMs: number,
): NumberChoice {
  const choices = seekersOf(wish, context, nowMs).map(({ held, countries, sizes }) => {
    const poolSize = countries.reduce((sum, country) => sum + (sizes.get(country) ?? 0), 0);
    const places = new Set(
      held.slots
        .filter(({ country, slot }) => countries.includes(country) && slot < (sizes.get(country) ?? 0))
        .map(({ country, slot }) => `${country} ${slot}`),
    );
    return { outcome, country: wish.country ?? countries[0], poolSize, taken: places.size };
  });
  const [tightest] = choices.toSorted(
    (one, other) => one.poolSize - one.taken - (other.poolSize - other.taken),
  );
  return tightest ?? { outcome, country: wish.country, poolSize: 0, taken: 0 };
}
