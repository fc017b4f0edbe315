/**
 * The bytes of an item as DynamoDB counts them: names and texts in UTF-8, numbers two digits a byte plus one,
 * three bytes for a list or map and one for each of its members.
 */
export function itemBytes(item: Readonly<Record<string, unknown>>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) {
    if (value !== undefined) bytes += Buffer.byteLength(name) + valueBytes(value);
  }
  return bytes;
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).replace(/\D/g, '').length / 2) + 1;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + valueBytes(one) + 1, 3);
  if (typeof value === 'object' && value !== null) {
    return 3 + itemBytes({ ...value }) + Object.keys(value).length;
  }
  return 1;
}

/** Units of a strongly consistent read of items, each on its own: 4 KB a unit, and one for an item that is not there. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4096));
/** Units of one write inside a transaction: two for each KB. */
export const transactWriteUnits = (bytes: number): number => 2 * Math.max(1, Math.ceil(bytes / 1024));
/** Units of the copy in an index. */
export const indexWriteUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));
