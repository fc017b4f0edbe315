import { expect, test } from 'vitest';
import * as z from 'zod';
import { operation } from '../../../functions/booking-api/operation.ts';

/*
 * What the compiler makes of an operation whose answer is not the promised one. Each `@ts-expect-error` fails the
 * check of the types as soon as the line below it compiles.
 */

const promised = z.object({ name: z.string(), ages: z.array(z.number()) });
const about = {
  routeKey: 'GET /v1/things',
  operationId: 'getThing',
  tag: 'Description',
  summary: 'Read a thing.',
  description: 'A thing.',
  answers: { 200: promised, 204: null },
  problems: [],
} as const;
const thing = { name: 'one', ages: [1] } as const;
const noExample = { answer: { status: 200, body: {} } } as const;
const example = { answer: { status: 200, body: thing } } as const;

test('an operation answers what it promised', async () => {
  const given = operation({ ...about, example, run: async () => ({ status: 200, body: thing }) });
  const none = operation({
    ...about,
    example: { answer: { status: 204 } },
    run: async () => ({ status: 204 }),
  });

  expect(await given.run({} as never)).toEqual({ status: 200, body: thing });
  expect(await none.run({} as never)).toEqual({ status: 204 });
});

test('an operation that answers something else does not compile', () => {
  const wrong = [
    // @ts-expect-error a status that is not promised
    operation({ ...about, example, run: async () => ({ status: 201, body: thing }) }),
    // @ts-expect-error no body where one is promised
    operation({ ...about, example, run: async () => ({ status: 200 }) }),
    // @ts-expect-error a body where none is promised
    operation({ ...about, example, run: async () => ({ status: 204, body: thing }) }),
    // @ts-expect-error a field is missing
    operation({ ...about, example, run: async () => ({ status: 200, body: { name: 'one' } }) }),
    // @ts-expect-error a field of another type
    operation({ ...about, example, run: async () => ({ status: 200, body: { name: 1, ages: [] } }) }),
    // @ts-expect-error an example that is not what is promised
    operation({ ...about, example: noExample, run: async () => ({ status: 204 }) }),
  ];
  expect(wrong).toHaveLength(6);
});
