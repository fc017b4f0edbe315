const NEVER = Number.POSITIVE_INFINITY;

/** How far the clocks of functions may be apart, twice, and some time for what is under way. */
export const MARGIN_MS = 1000;

/** One way through the service that somebody may have: whoever dials `virtualNumber` as `caller` reaches `callee`. */
export interface Way {
  readonly bookingId: string | undefined;
  readonly caller: string;
  readonly callee: string;
  /** Undefined while nobody knows: the answer of the booking was lost. */
  readonly virtualNumber: string | undefined;
  readonly callerId: string | undefined;
  /** From when on it may lead somewhere: when the request was sent that made it. */
  readonly possibleFromMs: number;
  /** From when on it must: when that request was answered. */
  readonly certainFromMs: number;
  /** When it ends by the clock, at the soonest and at the latest. */
  endsMs: readonly [number, number];
  /** What was asked for that may have ended it, and since when. */
  readonly doubts: Map<string, number>;
  /** From when on it must lead nowhere. */
  goneFromMs: number;
}

export interface Party {
  readonly phone: string;
  readonly virtualNumber: string;
}

/** A booking as its maker knows it. */
export interface KnownBooking {
  readonly bookingId: string;
  readonly isLimited: boolean;
  parties: readonly [Party, Party];
  expiresAtMs: number;
  /** `busy` while something is asked of it. */
  state: 'live' | 'busy' | 'ended' | 'unknown';
}

/** A call that was connected. */
export interface Connection {
  readonly caller: string;
  readonly virtualNumber: string;
  readonly callee: string;
  readonly callerId: string;
}

/**
 * What may be true of the service, from what was asked of it and answered: the model that every step is held against.
 * It knows nothing of how the service does it.
 */
export class Ledger {
  readonly bookings = new Map<string, KnownBooking>();
  /** From when on a phone number is surely blocked. */
  readonly blockedFromMs = new Map<string, number>();
  /** People who may be blocked now, because something about it is under way. */
  readonly maybeBlocked = new Set<string>();
  /** When the erasure of somebody was asked for, the last time. */
  readonly erasureAskedMs = new Map<string, number>();
  readonly #byCaller = new Map<string, Way[]>();
  readonly #byBooking = new Map<string, Way[]>();

  addWay(way: Omit<Way, 'doubts' | 'goneFromMs'>): Way {
    const added: Way = { ...way, doubts: new Map(), goneFromMs: NEVER };
    append(this.#byCaller, way.caller, added);
    if (way.bookingId !== undefined) append(this.#byBooking, way.bookingId, added);
    return added;
  }

  waysOf(caller: string): readonly Way[] {
    return this.#byCaller.get(caller) ?? [];
  }

  /** The ways of a booking that have not ended. */
  openWays(bookingId: string): Way[] {
    return (this.#byBooking.get(bookingId) ?? []).filter(({ goneFromMs }) => goneFromMs === NEVER);
  }

  /** Every way from or to somebody that has not ended. */
  openWaysAround(phone: string): Way[] {
    return [...this.#byCaller.values()]
      .flat()
      .filter((way) => (way.caller === phone || way.callee === phone) && way.goneFromMs === NEVER);
  }

  /** Whether a call may have been connected so, at some moment between two times. */
  isAllowed(call: Connection, fromMs: number, untilMs: number): boolean {
    if (this.isSurelyBlocked(call.caller, fromMs) || this.isSurelyBlocked(call.callee, fromMs)) return false;
    return this.waysOf(call.caller).some(
      (way) =>
        way.callee === call.callee &&
        (way.virtualNumber === undefined || way.virtualNumber === call.virtualNumber) &&
        (way.callerId === undefined || way.callerId === call.callerId) &&
        way.possibleFromMs <= untilMs &&
        way.goneFromMs >= fromMs &&
        way.endsMs[1] + MARGIN_MS >= fromMs,
    );
  }

  /** The way that a call must take, when there is one that nothing speaks against. */
  required(caller: string, virtualNumber: string, fromMs: number, untilMs: number): Way | undefined {
    return this.waysOf(caller).find(
      (way) => way.virtualNumber === virtualNumber && isCertain(way, fromMs, untilMs),
    );
  }

  /** Another booking whose way begins at the same number with the same caller, surely at the same time. */
  collides(way: Way, atMs: number): Way | undefined {
    return this.waysOf(way.caller).find(
      (other) =>
        other.bookingId !== way.bookingId &&
        other.virtualNumber === way.virtualNumber &&
        isCertain(other, atMs, atMs),
    );
  }

  /** Whether a person surely could be given a number since `fromMs`. */
  isSurelyFree(phone: string, virtualNumber: string, fromMs: number, coolDownMs: number): boolean {
    return this.waysOf(phone).every(
      (way) =>
        Math.min(way.goneFromMs, way.endsMs[1]) + coolDownMs + MARGIN_MS < fromMs ||
        (way.virtualNumber !== undefined && way.virtualNumber !== virtualNumber),
    );
  }

  doubt(ways: readonly Way[], why: string, fromMs: number): void {
    for (const way of ways) if (!way.doubts.has(why)) way.doubts.set(why, fromMs);
  }

  trust(ways: readonly Way[], why: string): void {
    for (const way of ways) way.doubts.delete(why);
  }

  end(ways: readonly Way[], fromMs: number): void {
    for (const way of ways) way.goneFromMs = Math.min(way.goneFromMs, fromMs);
  }

  isSurelyBlocked(phone: string, atMs: number): boolean {
    return (this.blockedFromMs.get(phone) ?? NEVER) <= atMs;
  }
}

function isCertain(way: Way, fromMs: number, untilMs: number): boolean {
  return (
    way.certainFromMs <= fromMs &&
    way.goneFromMs > untilMs &&
    way.endsMs[0] - MARGIN_MS > untilMs &&
    [...way.doubts.values()].every((sinceMs) => sinceMs > untilMs)
  );
}

function append(map: Map<string, Way[]>, key: string, way: Way): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [way]);
  else list.push(way);
}
