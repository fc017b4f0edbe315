import { expect, test } from 'vitest';
import * as z from 'zod';
import { createSchemaWriter } from '../../../functions/booking-api/openapi-schemas.ts';

const written = (schema: z.ZodType, io: 'input' | 'output' = 'output') =>
  createSchemaWriter().write(schema, io);

test('a value that may be null has its type and null', () => {
  expect(written(z.string().nullable())).toEqual({ type: ['string', 'null'] });
});

test('a named object that may be null is one of two', () => {
  const writer = createSchemaWriter();
  const place = z.object({ city: z.string() }).meta({ id: 'Place' });

  expect(writer.write(z.object({ at: place.nullable() }), 'output').properties).toEqual({
    at: { oneOf: [{ $ref: '#/components/schemas/Place' }, { type: 'null' }] },
  });
  expect(writer.named.Place).toEqual({
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
  });
});

test('two of a kind are a list of two', () => {
  expect(written(z.tuple([z.string(), z.string()]))).toEqual({
    type: 'array',
    items: { type: 'string' },
    minItems: 2,
    maxItems: 2,
  });
});

test('a list whose places differ is refused with a way out', () => {
  expect(() => written(z.tuple([z.string(), z.number()]))).toThrow('use an object instead');
});

test('a value for each of a few names is an object of these fields', () => {
  expect(written(z.record(z.enum(['busy', 'missed']), z.int().min(0)))).toEqual({
    type: 'object',
    properties: { busy: { type: 'integer', minimum: 0 }, missed: { type: 'integer', minimum: 0 } },
    required: ['busy', 'missed'],
  });
});

test('an answer is open to fields to come, a request is not', () => {
  expect(written(z.strictObject({}), 'output').additionalProperties).toBeUndefined();
  expect(written(z.strictObject({}), 'input').additionalProperties).toBe(false);
});

test('a choice of types has no default that a generated type could not start as', () => {
  const choice = z.union([z.string(), z.int()]).default(0);

  expect(written(choice, 'input')).toEqual({ anyOf: [{ type: 'string' }, { type: 'integer' }] });
});
