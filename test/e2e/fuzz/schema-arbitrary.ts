import fc from 'fast-check';
import { hostileJson, hostileText } from './hostile-values.ts';

type Schema = Readonly<Record<string, unknown>>;

/** How many of a hundred values are something else than the schema says. */
const DAMAGED_PERCENT = 12;

/**
 * Values that are nearly what a JSON schema describes: right in most places, hostile in some, with fields missing
 * and fields that nobody knows.
 */
export function nearly(schema: unknown, document: unknown = schema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 100 - DAMAGED_PERCENT, arbitrary: soundValue(resolved(schema, document), document) },
    { weight: DAMAGED_PERCENT, arbitrary: hostileJson },
  );
}

function soundValue(schema: Schema, document: unknown): fc.Arbitrary<unknown> {
  const { enum: values, const: only, examples } = schema;
  if ('const' in schema) return fc.constant(only);
  if (Array.isArray(values)) return fc.constantFrom(...values);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return fc.oneof(...choices.map((choice) => nearly(choice, document)));
  if (Array.isArray(examples)) return fc.oneof(fc.constantFrom(...examples), personNumbers, hostileText);
  switch (schema.type) {
    case 'object':
      return objectOf(schema, document);
    case 'array':
      return listOf(schema, document);
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer({ min: -2, max: 5000 });
    case 'number':
      return fc.double({ noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return hostileJson;
  }
}

function objectOf(schema: Schema, document: unknown): fc.Arbitrary<unknown> {
  const known = Object.entries(asSchema(schema.properties)).map(([name, inner]) => [
    name,
    nearly(inner, document),
  ]);
  const required = Array.isArray(schema.required) ? schema.required : [];
  const shape: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(known);
  const usual = fc.record(shape, { requiredKeys: required.filter((name) => name in shape) });
  const extras = fc.dictionary(hostileText, hostileJson, { maxKeys: 2 });
  const extraFields = schema.additionalProperties === false ? fc.constant({}) : extras;
  return fc.oneof(
    { weight: 8, arbitrary: fc.tuple(usual, extraFields).map(([one, other]) => ({ ...one, ...other })) },
    { weight: 1, arbitrary: fc.record(shape, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.tuple(usual, extras).map(([one, other]) => ({ ...one, ...other })) },
  );
}

function listOf(schema: Schema, document: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.prefixItems)) {
    return fc.tuple(...schema.prefixItems.map((item) => nearly(item, document)));
  }
  return fc.array(nearly(schema.items ?? {}, document), { maxLength: 6 });
}

const personNumbers = fc.nat(99).map((n) => `+6591110${String(n).padStart(3, '0')}`);

function textOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.format === 'date-time') {
    return fc
      .date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  }
  if (schema.format === 'date') return fc.constantFrom('2026-11-21', '2026-02-30', '0000-00-00');
  if (typeof schema.pattern === 'string' && schema.pattern.length < 40) {
    return fc.oneof(fc.stringMatching(new RegExp(schema.pattern)), hostileText);
  }
  return fc.oneof(fc.string({ maxLength: 20 }), hostileText, personNumbers);
}

function resolved(schema: unknown, document: unknown): Schema {
  const found = asSchema(schema);
  if (typeof found.$ref !== 'string') return found;
  const path = found.$ref.split('/').slice(1);
  return asSchema(path.reduce<unknown>((at, key) => asSchema(at)[key], document));
}

export function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
