/** The simulated time of the platform, in milliseconds since 1970. Calls have timelines of their own that begin here. */
export interface SimulatedClock {
  nowMs(): number;
  /** Moves the clock forward (or back, with a negative number). */
  advance(milliseconds: number): void;
  /** Sets the clock. */
  set(toMs: number): void;
  /** Tells the clock that a call ended at this time. A standing clock moves there; a running one does not care. */
  reach(atMs: number): void;
}

/**
 * A clock with a start stands still but for the calls played, so that a run repeats to the millisecond. Without a
 * start it runs with the machine's, so that bookings made by the wall clock are alive in simulated calls.
 */
export function createSimulatedClock(startAtMs?: number): SimulatedClock {
  return startAtMs === undefined ? createRunningClock() : createStandingClock(startAtMs);
}

function createStandingClock(startAtMs: number): SimulatedClock {
  let currentMs = startAtMs;
  return {
    nowMs: () => currentMs,
    advance: (milliseconds) => {
      currentMs += milliseconds;
    },
    set: (toMs) => {
      currentMs = toMs;
    },
    reach: (atMs) => {
      currentMs = Math.max(currentMs, atMs);
    },
  };
}

function createRunningClock(): SimulatedClock {
  let offsetMs = 0;
  return {
    nowMs: () => Date.now() + offsetMs,
    advance: (milliseconds) => {
      offsetMs += milliseconds;
    },
    set: (toMs) => {
      offsetMs = toMs - Date.now();
    },
    reach: () => {},
  };
}

/** RFC 3339 in UTC with milliseconds, as the events carry it. */
export function isoMilliseconds(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** RFC 3339 in UTC with whole seconds (rounded down), as the session summary carries it. */
export function isoSeconds(atMs: number): string {
  return `${isoMilliseconds(atMs).slice(0, 19)}Z`;
}
