import type { HttpAnswer } from '../world/world.ts';
import { type KnownBooking, MARGIN_MS, type Party, type Way } from './ledger.ts';
import { ask, codeOf, complain, isDefinite, type Scene } from './scene.ts';

interface PresentedBooking {
  readonly bookingId: string;
  readonly status: string;
  readonly expiresAt: string;
  readonly parties: readonly [PresentedParty, PresentedParty];
}
interface PresentedParty {
  readonly phoneNumber: string;
  readonly virtualNumber: string;
}

/** How many calls a limited booking may have. */
export const MOST_CALLS = 3;

const NEVER = Number.POSITIVE_INFINITY;
/** Longer than any function remembers which numbers the pool has. */
const POOL_SETTLED_MS = 90_000;

/** Somebody books two people. */
export async function book(scene: Scene, pair: readonly [string, string]): Promise<void> {
  const { world, chance, ledger, counts } = scene;
  const [first, second] = pair;
  const numbering = chance.isHit(0.3) ? 'per-party' : 'shared';
  const isLimited = chance.isHit(0.1);
  const seconds = chance.pick([60, 300, 900, 7200]);
  const key = `key-${chance.integerBelow(1_000_000_000)}`;
  const askedAtMs = world.clock.nowMs;
  const latestMs = askedAtMs + 120_000 + seconds * 1000;
  const body = {
    parties: [
      { label: 'rider', phoneNumber: first },
      { label: 'driver', phoneNumber: second },
    ],
    numbering,
    expiresInSeconds: seconds,
    reference: `ride-${key}`,
    ...(isLimited && { limits: { maxCalls: MOST_CALLS } }),
  };
  const send = () => ask(scene, 'POST', '/v1/bookings', body, { 'idempotency-key': key });
  const maybe = [way(first, second), way(second, first)].map((one) => ledger.addWay(one));
  // Now and then two servers of the company send the same order.
  const [answer, twin] = await Promise.all([send(), chance.isHit(0.15) ? send() : undefined]);
  if (!isDefinite(answer) || (twin !== undefined && !isDefinite(twin))) return;
  for (const one of maybe) one.goneFromMs = askedAtMs - 1;
  if (twin !== undefined && twin.json.bookingId !== answer.json.bookingId) {
    complain(scene, 'not idempotent', `one order was answered ${answer.status} and ${twin.status}`);
  }
  if (answer.status === 201) {
    counts.bookings += 1;
    noteMade(scene, answer.json as never, askedAtMs, isLimited);
    if (chance.isHit(0.15)) await repeat();
    return;
  }
  const code = codeOf(answer);
  if (code === 'NO_VIRTUAL_NUMBER_AVAILABLE') return checkRefusal(scene, pair, askedAtMs);
  if (code === 'PHONE_NUMBER_BLOCKED') {
    const mayBe = pair.some((one) => ledger.maybeBlocked.has(one) || ledger.blockedFromMs.has(one));
    if (mayBe) return;
  }
  if (pair.some((one) => wasErased(scene, one, askedAtMs))) return;
  complain(scene, 'told wrongly', `a booking was answered ${answer.status} ${code}`);

  function way(caller: string, callee: string): Omit<Way, 'doubts' | 'goneFromMs'> {
    return {
      bookingId: undefined,
      caller,
      callee,
      virtualNumber: undefined,
      callerId: undefined,
      possibleFromMs: askedAtMs,
      certainFromMs: NEVER,
      endsMs: [askedAtMs, latestMs],
    };
  }

  /** The same request again is the same booking, whatever became of it. */
  async function repeat(): Promise<void> {
    await world.clock.sleep(chance.between(10, 90_000));
    const againAtMs = world.clock.nowMs;
    const open = [way(first, second), way(second, first)].map((one) =>
      ledger.addWay({ ...one, endsMs: [againAtMs, againAtMs + 120_000 + seconds * 1000] }),
    );
    const again = await send();
    if (!isDefinite(again)) return;
    for (const one of open) one.goneFromMs = askedAtMs - 1;
    if (again.json.bookingId === answer.json.bookingId) return;
    // Erasing somebody erases the answers that name them, and then an order is a new one.
    if (!pair.some((one) => wasErased(scene, one, askedAtMs))) {
      complain(scene, 'not idempotent', `a repeated booking was answered ${again.status} ${codeOf(again)}`);
    }
    if (again.status === 201) noteMade(scene, again.json as never, againAtMs, isLimited);
  }
}

function noteMade(scene: Scene, made: PresentedBooking, askedAtMs: number, isLimited: boolean): void {
  const { ledger, world } = scene;
  const nowMs = world.clock.nowMs;
  const parties = partiesOf(made);
  const expiresAtMs = Date.parse(made.expiresAt);
  const { bookingId } = made;
  ledger.bookings.set(bookingId, { bookingId, isLimited, parties, expiresAtMs, state: 'live' });
  for (const [at, party] of parties.entries()) {
    const added = ledger.addWay({
      ...wayOf(party, parties[at === 0 ? 1 : 0]),
      bookingId,
      possibleFromMs: askedAtMs,
      certainFromMs: nowMs,
      endsMs: [expiresAtMs, expiresAtMs],
    });
    // Somebody who is erased or blocked meanwhile may lose the booking again.
    if (
      [added.caller, added.callee].some(
        (one) => ledger.maybeBlocked.has(one) || ledger.blockedFromMs.has(one),
      )
    ) {
      ledger.doubt([added], 'block', askedAtMs);
    }
    if ([added.caller, added.callee].some((one) => wasErased(scene, one, askedAtMs))) {
      ledger.doubt([added], 'erasure', askedAtMs);
    }
    if (isLimited) ledger.doubt([added], 'limit', askedAtMs);
    const other = ledger.collides(added, nowMs);
    if (other !== undefined) {
      complain(scene, 'ambiguous', `${bookingId} was given what ${other.bookingId} still has`);
    }
  }
}

/** A refusal is right only while no number was surely free for both. */
function checkRefusal(scene: Scene, pair: readonly string[], askedAtMs: number): void {
  const { ledger, counts, coolDownMs, activeSinceMs } = scene;
  counts.refusals += 1;
  const free = [...activeSinceMs].filter(
    ([number, sinceMs]) =>
      sinceMs + POOL_SETTLED_MS < askedAtMs &&
      pair.every((one) => ledger.isSurelyFree(one, number, askedAtMs, coolDownMs)),
  );
  if (free.length === 0) return;
  complain(scene, 'refused while a number was free', `${free.length} numbers were free for both`);
}

function wasErased({ ledger }: Scene, phone: string, sinceMs: number): boolean {
  return (ledger.erasureAskedMs.get(phone) ?? -1) >= sinceMs - MARGIN_MS;
}

function partiesOf({ parties }: PresentedBooking): [Party, Party] {
  const [first, second] = parties;
  return [
    { phone: first.phoneNumber, virtualNumber: first.virtualNumber },
    { phone: second.phoneNumber, virtualNumber: second.virtualNumber },
  ];
}

function wayOf(from: Party, to: Party) {
  return {
    caller: from.phone,
    callee: to.phone,
    virtualNumber: from.virtualNumber,
    callerId: to.virtualNumber,
  };
}

/** Somebody ends a booking: that works, whatever else is under way. */
export async function end(scene: Scene, booking: KnownBooking): Promise<void> {
  const { world, chance, ledger, counts } = scene;
  const { bookingId } = booking;
  const askedAtMs = world.clock.nowMs;
  booking.state = 'busy';
  const ways = ledger.openWays(bookingId);
  ledger.doubt(ways, 'end', askedAtMs);
  const verb = chance.pick(['complete', 'cancel']);
  const send = () => ask(scene, 'POST', `/v1/bookings/${bookingId}/${verb}`);
  const [answer, twin] = await Promise.all([send(), chance.isHit(0.2) ? send() : undefined]);
  if (!isDefinite(answer)) {
    booking.state = 'unknown';
    return;
  }
  booking.state = 'ended';
  ledger.end(ledger.openWays(bookingId), world.clock.nowMs);
  if (answer.status === 200) {
    counts.ended += 1;
    if (twin === undefined || twin.status === 200 || !isDefinite(twin)) return;
  }
  const erased = booking.parties.some(({ phone }) => ledger.erasureAskedMs.has(phone));
  if (answer.status === 404 && erased) return;
  if (codeOf(answer) === 'BOOKING_ENDED' && (erased || booking.expiresAtMs < world.clock.nowMs + MARGIN_MS))
    return;
  complain(scene, 'zombie', `${verb} was answered ${answer.status} ${codeOf(answer)} ${twin?.status ?? ''}`);
}

/**
 * Somebody changes a booking: another end, or another phone for a party. Meanwhile somebody else may change something
 * else of it, or end it.
 */
export async function change(scene: Scene, booking: KnownBooking, phone: string | undefined): Promise<void> {
  const { world, chance, ledger } = scene;
  const { bookingId } = booking;
  const askedAtMs = world.clock.nowMs;
  const at = chance.pick([0, 1] as const);
  const kept = booking.parties[at === 0 ? 1 : 0];
  if (phone !== undefined && booking.parties.some((party) => party.phone === phone)) return;
  booking.state = 'busy';
  const seconds = chance.pick([120, 1200, 7200]);
  const ways = ledger.openWays(bookingId);
  ledger.doubt(ways, 'change', askedAtMs);
  const longest = Math.max(booking.expiresAtMs, askedAtMs + seconds * 1000 + 120_000);
  for (const way of ways) way.endsMs = [way.endsMs[0], Math.max(way.endsMs[1], longest)];
  const label = at === 0 ? 'rider' : 'driver';
  const body =
    phone === undefined ? { expiresInSeconds: seconds } : { parties: [{ label, phoneNumber: phone }] };
  const moved = phone === undefined ? undefined : { phone, virtualNumber: booking.parties[at].virtualNumber };
  const maybe =
    moved === undefined
      ? []
      : [wayOf(moved, kept), wayOf(kept, moved)].map((one) =>
          ledger.addWay({
            ...one,
            bookingId,
            possibleFromMs: askedAtMs,
            certainFromMs: NEVER,
            endsMs: [booking.expiresAtMs, longest],
          }),
        );
  const beside = chance.pick(['nothing', 'nothing', 'note', 'end']);
  const note = chance.integerBelow(1_000_000);
  const [answer, noted] = await Promise.all([
    ask(scene, 'PATCH', `/v1/bookings/${bookingId}`, body),
    beside === 'note' ? ask(scene, 'PATCH', `/v1/bookings/${bookingId}`, { metadata: { note } }) : undefined,
    beside === 'end' ? end(scene, booking) : undefined,
  ]);
  if (!isDefinite(answer)) {
    booking.state = 'unknown';
    return;
  }
  for (const way of maybe) way.goneFromMs = askedAtMs - 1;
  const isEnding = beside === 'end';
  if (answer.status === 200) noteChange(scene, booking, answer.json as never, { ways, askedAtMs, phone });
  else checkRefusedChange(scene, booking, answer, { ways, askedAtMs, phone, moved, isEnding });
  if (isEnding) {
    booking.state = 'ended';
    ledger.end(ledger.openWays(bookingId), world.clock.nowMs);
  }
  if (noted?.status === 200 && answer.status === 200) await checkBoth(scene, booking, note);
}

interface AskedChange {
  readonly ways: readonly Way[];
  readonly askedAtMs: number;
  readonly phone: string | undefined;
}

function noteChange(
  scene: Scene,
  booking: KnownBooking,
  after: PresentedBooking,
  { ways, askedAtMs, phone }: AskedChange,
): void {
  const { ledger, world } = scene;
  const nowMs = world.clock.nowMs;
  const expiresAtMs = Date.parse(after.expiresAt);
  const parties = partiesOf(after);
  Object.assign(booking, { parties, expiresAtMs, state: 'live' });
  for (const way of ways) way.endsMs = [expiresAtMs, expiresAtMs];
  ledger.trust(ways, 'change');
  if (phone === undefined) return;
  ledger.end(ways, nowMs);
  for (const [place, party] of parties.entries()) {
    const added = ledger.addWay({
      ...wayOf(party, parties[place === 0 ? 1 : 0]),
      bookingId: booking.bookingId,
      possibleFromMs: askedAtMs,
      certainFromMs: nowMs,
      endsMs: [expiresAtMs, expiresAtMs],
    });
    for (const why of ways.flatMap((way) => [...way.doubts])) added.doubts.set(...why);
    const other = ledger.collides(added, nowMs);
    if (other !== undefined) {
      complain(scene, 'ambiguous', `a change gave ${booking.bookingId} what ${other.bookingId} still has`);
    }
    if (wasErased(scene, party.phone, askedAtMs)) ledger.doubt([added], 'erasure', askedAtMs);
    if (ledger.maybeBlocked.has(party.phone)) ledger.doubt([added], 'block', askedAtMs);
  }
}

function checkRefusedChange(
  scene: Scene,
  booking: KnownBooking,
  answer: HttpAnswer,
  asked: AskedChange & { readonly moved: Party | undefined; readonly isEnding: boolean },
): void {
  const { ledger, world, coolDownMs } = scene;
  const { ways, askedAtMs, phone, moved, isEnding } = asked;
  booking.state = 'live';
  const code = codeOf(answer);
  const people = [...booking.parties.map((party) => party.phone), ...(phone === undefined ? [] : [phone])];
  const isDoubtful = people.some((one) => ledger.erasureAskedMs.has(one));
  if (answer.status === 404 || code === 'BOOKING_ENDED') {
    booking.state = 'ended';
    ledger.end(ledger.openWays(booking.bookingId), world.clock.nowMs);
    if (isDoubtful || isEnding || booking.expiresAtMs < world.clock.nowMs + MARGIN_MS) return;
  } else {
    for (const way of ways) way.endsMs = [booking.expiresAtMs, booking.expiresAtMs];
    ledger.trust(ways, 'change');
    if (code === 'PHONE_NUMBER_TAKEN' && moved !== undefined) {
      if (!ledger.isSurelyFree(moved.phone, moved.virtualNumber, askedAtMs, coolDownMs)) return;
    }
    if (code === 'PHONE_NUMBER_BLOCKED') {
      if (people.some((one) => ledger.blockedFromMs.has(one) || ledger.maybeBlocked.has(one))) return;
    }
    if (isDoubtful) return;
  }
  complain(scene, 'told wrongly', `a change was answered ${answer.status} ${code}`);
}

/** Of two changes that were both answered with yes, neither may undo the other. */
async function checkBoth(scene: Scene, booking: KnownBooking, note: number): Promise<void> {
  const { status, json } = await ask(scene, 'GET', `/v1/bookings/${booking.bookingId}`);
  if (status !== 200) return;
  const after = json as never as PresentedBooking & { metadata?: { note?: number } };
  const isKept =
    after.metadata?.note === note &&
    Date.parse(after.expiresAt) === booking.expiresAtMs &&
    partiesOf(after).every(({ phone }, at) => phone === booking.parties[at]?.phone);
  if (isKept || booking.state !== 'live') return;
  if (booking.parties.some(({ phone }) => scene.ledger.erasureAskedMs.has(phone))) return;
  complain(scene, 'told wrongly', `one change of ${booking.bookingId} undid another`);
}

/** The bookings that somebody still has to end. */
export function bookingsToEnd({ ledger }: Scene): KnownBooking[] {
  return [...ledger.bookings.values()].filter(({ state }) => state !== 'ended');
}
