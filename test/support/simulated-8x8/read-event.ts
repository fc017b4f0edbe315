import { isJsonObject, type JsonObject } from '../../../lib/simulated-8x8/model/webhook-types.ts';

/** Reads a field deep inside JSON by its path, such as `payload.details.callA.callStatus`; undefined when it is not there. */
export function field(json: unknown, path: string): unknown {
  let value: unknown = json;
  for (const name of path.split('.')) {
    if (Array.isArray(value)) value = value[Number(name)];
    else if (isJsonObject(value)) value = value[name];
    else return undefined;
  }
  return value;
}

/** The object at a path; empty when there is none. */
export function objectAt(json: unknown, path: string): JsonObject {
  const value = field(json, path);
  return isJsonObject(value) ? value : {};
}
