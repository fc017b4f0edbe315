import * as z from 'zod';

/** A piece of the document, as plain JSON. */
export type Json = Record<string, unknown>;

/** Writes zod schemas as OpenAPI wants them, and collects the named ones. */
export interface SchemaWriter {
  /** The named schemas so far, for `components/schemas`. */
  readonly named: Json;
  /** @param io whether the schema is of something sent to the API, or of something it answers. */
  write(schema: z.ZodType, io: 'input' | 'output'): Json;
}

/**
 * Makes a writer whose schemas client generators understand: several stop at what JSON Schema allows beyond plain
 * types, lists and objects, so what can be said plainly is said plainly.
 */
export function createSchemaWriter(): SchemaWriter {
  const named: Json = {};
  return {
    named,
    write(schema, io) {
      const { $schema: _, $defs = {}, ...written } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
      for (const [name, definition] of Object.entries($defs)) named[name] = plain(definition, io);
      const { id, ...root } = plain(written, io);
      if (typeof id !== 'string') return root;
      named[id] = root;
      return { $ref: `#/components/schemas/${id}` };
    },
  };
}

function plain(schema: unknown, io: 'input' | 'output'): Json {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text, (_, value) => (isObject(value) ? plainer(value, io) : value));
}

function plainer({ $id: _, ...schema }: Json, io: 'input' | 'output'): Json {
  const steps = [
    withoutBoundsOfInteger,
    boundsForNumber,
    formatWithoutPattern,
    listForTuple,
    orNull,
    unionOfTypes,
    withoutDefaultOfUnion,
    namedKeys,
    openObject,
  ];
  return steps.reduce((before, step) => step(before, io), schema);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every JSON number that JavaScript reads as an integer lies within these; saying so says nothing. */
function withoutBoundsOfInteger(schema: Json): Json {
  const { minimum, maximum, ...rest } = schema;
  return {
    ...rest,
    ...(minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER && { maximum }),
  };
}

/** One number alone is a list of values of which generators make types that do not compile. */
function boundsForNumber(schema: Json): Json {
  const { const: only, ...rest } = schema;
  if (typeof only !== 'number' || !Number.isInteger(only)) return schema;
  return { ...rest, type: 'integer', minimum: only, maximum: only };
}

/** A format that is known by name needs no pattern of half a kilobyte. */
function formatWithoutPattern(schema: Json): Json {
  if (schema.format === undefined) return schema;
  const { pattern: _, ...rest } = schema;
  return rest;
}

/** @throws Error for a list whose places differ, which no client could be generated for. */
function listForTuple(schema: Json): Json {
  const { prefixItems, items: _, ...rest } = schema;
  if (!Array.isArray(prefixItems)) return schema;
  const [first, ...others] = prefixItems.map((item) => JSON.stringify(item));
  if (first === undefined || others.some((other) => other !== first)) {
    throw new Error('A list in the API must have the same in every place; use an object instead.');
  }
  return {
    ...rest,
    type: 'array',
    items: prefixItems[0],
    minItems: prefixItems.length,
    maxItems: prefixItems.length,
  };
}

/** `type: [string, "null"]` where there is a plain type; `oneOf` with null is left for what has a name. */
function orNull(schema: Json): Json {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2 || anyOf[1]?.type !== 'null') return schema;
  const [given] = anyOf;
  return typeof given.type === 'string'
    ? { ...given, ...rest, type: [given.type, 'null'] }
    : { ...rest, oneOf: anyOf };
}

/** Several types in one list are an `anyOf` to those who know the list only for null. */
function unionOfTypes(schema: Json): Json {
  const { type, ...rest } = schema;
  if (!Array.isArray(type) || type.includes('null')) return schema;
  return { ...rest, anyOf: type.map((each) => ({ type: each })) };
}

/** A generated type for several types cannot start as a value of one of them; the description tells the default. */
function withoutDefaultOfUnion(schema: Json): Json {
  const { default: _, ...rest } = schema;
  return schema.anyOf === undefined ? schema : rest;
}

/** An object of one value for each of a few known names is an object with these fields. */
function namedKeys(schema: Json): Json {
  const { propertyNames, additionalProperties, ...rest } = schema;
  const names = isObject(propertyNames) ? propertyNames.enum : undefined;
  if (!Array.isArray(names)) return schema;
  return { ...rest, properties: Object.fromEntries(names.map((name) => [name, additionalProperties])) };
}

/** An answer may get a field more some day, and a client that was generated before must not stumble over it. */
function openObject(schema: Json, io: 'input' | 'output'): Json {
  const { additionalProperties, propertyNames, ...rest } = schema;
  const isNoise = JSON.stringify(propertyNames) === '{"type":"string"}';
  return {
    ...rest,
    ...(propertyNames !== undefined && !isNoise && { propertyNames }),
    ...(additionalProperties !== undefined &&
      !(io === 'output' && additionalProperties === false) && { additionalProperties }),
  };
}
