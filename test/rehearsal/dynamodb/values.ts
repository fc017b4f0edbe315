/** A value as the document client hands it over. */
export type Value =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | Set<string>
  | Set<number>
  | Value[]
  | { [name: string]: Value };

/** A row. Rows that are stored are never changed in place. */
export type Item = Readonly<Record<string, Value>>;

/** DynamoDB's letter for the type of a value. */
export function typeOf(value: Value): string {
  if (typeof value === 'string') return 'S';
  if (typeof value === 'number') return 'N';
  if (typeof value === 'boolean') return 'BOOL';
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return 'B';
  if (Array.isArray(value)) return 'L';
  if (value instanceof Set) return typeof [...value][0] === 'number' ? 'NS' : 'SS';
  return 'M';
}

export function isRecord(value: unknown): value is Record<string, Value> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Set) &&
    !(value instanceof Uint8Array)
  );
}

/** Negative, zero or positive, for values of one type that has an order. */
export function compareValues(left: Value, right: Value): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') {
    if (left === right) return 0;
    return left < right ? -1 : 1;
  }
  return 0;
}

export function isSame(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (typeOf(left) !== typeOf(right)) return false;
  if (left instanceof Set && right instanceof Set) {
    return left.size === right.size && [...left].every((one) => right.has(one as never));
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((one, at) => isSame(one, right[at] ?? null));
  }
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    return Buffer.compare(left, right) === 0;
  }
  if (!isRecord(left) || !isRecord(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => {
      const [one, other] = [left[name], right[name]];
      return one !== undefined && other !== undefined && isSame(one, other);
    })
  );
}

/** What `size()` gives. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Set) return value.size;
  if (value instanceof Uint8Array) return value.byteLength;
  return isRecord(value) ? Object.keys(value).length : 0;
}

/** A copy that shares nothing, without what is undefined. */
export function cloned<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cloned) as T;
  if (value instanceof Set) return new Set(value) as T;
  if (value instanceof Uint8Array) return new Uint8Array(value) as T;
  // The document client takes a map for what is an object to everybody else.
  if (value instanceof Map) return cloned(Object.fromEntries(value)) as T;
  const copy: Record<string, unknown> = {};
  for (const name in value) {
    const inner = value[name];
    if (inner !== undefined) copy[name] = cloned(inner);
  }
  return copy as T;
}

const OVERHEAD_BYTES = 3;

/** About the bytes that DynamoDB counts for a value. */
export function bytesOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(Math.abs(value)).length / 2) + 1;
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  let bytes = OVERHEAD_BYTES;
  if (Array.isArray(value) || value instanceof Set) {
    for (const one of value as Iterable<Value>) bytes += bytesOf(one) + 1;
    return bytes;
  }
  for (const name in value) {
    const inner = value[name];
    if (inner !== undefined) bytes += name.length + bytesOf(inner) + 1;
  }
  return bytes;
}
