import { createHash } from 'node:crypto';

/** All that happened, in order; of the whole only a digest is kept, and the newest lines. */
export class Journal {
  readonly #hash = createHash('sha256');
  readonly #newest: string[] = [];
  readonly #kept: number;
  lines = 0;

  /** @param kept how many lines are kept for people. */
  constructor(kept: number) {
    this.#kept = kept;
  }

  write(line: string): void {
    this.lines += 1;
    this.#hash.update(line).update('\n');
    if (this.#kept === 0) return;
    this.#newest.push(line);
    if (this.#newest.length > 2 * this.#kept) this.#newest.splice(0, this.#kept);
  }

  newest(): readonly string[] {
    return this.#newest.slice(-this.#kept);
  }

  /** May be asked once, at the end. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 16);
  }
}
