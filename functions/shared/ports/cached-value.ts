/** A value that is slow to get and may be a little old. */
export interface CachedValue<T> {
  get(): Promise<T>;
}
