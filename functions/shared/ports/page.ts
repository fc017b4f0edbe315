/** A part of a list; `nextCursor` is null at its end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
