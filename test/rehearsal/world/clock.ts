interface Appointment {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * Time that passes only when nothing is left to do at the present moment. What is due at the same time happens in the
 * order in which it was asked for, so a run repeats to the bit.
 */
export class VirtualClock {
  nowMs: number;
  #orders = 0;
  readonly #heap: Appointment[] = [];
  /** How many appointments have been kept. */
  kept = 0;

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  /** @returns what calls it off. */
  after(delayMs: number, run: () => void): () => void {
    this.#orders += 1;
    const appointment: Appointment = {
      atMs: this.nowMs + Math.max(0, delayMs),
      order: this.#orders,
      run,
    };
    this.#push(appointment);
    return () => {
      appointment.run = undefined;
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Lets time pass until it is later than `untilMs`, or until the work is done or nothing is left to wait for. */
  async run(untilMs: number, isDone: () => boolean = () => false): Promise<void> {
    await settled();
    for (let next = this.#heap[0]; next !== undefined && !isDone(); next = this.#heap[0]) {
      if (next.atMs > untilMs) break;
      this.#pop();
      if (next.run === undefined) continue;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.kept += 1;
      next.run();
      await settled();
    }
    if (!isDone()) this.nowMs = Math.max(this.nowMs, Math.min(untilMs, Number.MAX_SAFE_INTEGER));
  }

  #push(appointment: Appointment): void {
    const heap = this.#heap;
    let at = heap.push(appointment) - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, appointment)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = appointment;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) child += 1;
      const below = heap[child];
      if (below === undefined || isBefore(last, below)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(one: Appointment, other: Appointment): boolean {
  return one.atMs === other.atMs ? one.order < other.order : one.atMs < other.atMs;
}

/** Lets everything happen that waits for nothing but its turn. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
