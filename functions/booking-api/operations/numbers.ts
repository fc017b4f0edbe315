import * as z from 'zod';
import type { PhoneNumber } from '../../shared/domain/phone-number.ts';
import { numberStates, type PoolNumber } from '../../shared/domain/pool.ts';
import { ProblemError } from '../../shared/domain/problems.ts';
import type { NumberStore } from '../../shared/ports/booking-store.ts';
import { EXAMPLE_NOW_MS, exampleFreeNumber, exampleNumber } from '../examples.ts';
import { type Operation, operation } from '../operation.ts';
import { countryCode, countryOf, listOf, pageQuery, poolNumber, presentedTime, timeText } from '../values.ts';

export interface NumberOperationDependencies {
  readonly numbers: NumberStore;
  readonly nowMs: () => number;
}

export const presentedNumber = z
  .object({
    virtualNumber: z.string(),
    country: z.string(),
    state: z.enum(numberStates),
    addedAt: presentedTime,
    updatedAt: presentedTime,
  })
  .meta({ id: 'VirtualNumber' });

const numberChange = z
  .strictObject(
    {
      country: countryCode.optional(),
      state: z.enum(['active', 'draining'], 'must be "active" or "draining"').default('active'),
    },
    'must be a JSON object',
  )
  .meta({ id: 'NumberChange' });

const drainingNumber = presentedNumber
  .extend({ liveClaims: z.int().describe('Parties of live bookings that the number still serves.') })
  .meta({ id: 'DrainingNumber', description: 'Still used; asked again later, it goes.' });

const examplePoolNumber = (virtualNumber: string) => ({
  virtualNumber,
  country: 'SG',
  state: 'active' as const,
  addedAt: timeText(EXAMPLE_NOW_MS),
  updatedAt: timeText(EXAMPLE_NOW_MS),
});

export function presentNumber(number: PoolNumber): z.output<typeof presentedNumber> {
  return {
    virtualNumber: number.virtualNumber.reveal(),
    country: number.country,
    state: number.state,
    addedAt: timeText(number.addedAtMs),
    updatedAt: timeText(number.updatedAtMs),
  };
}

/** @throws ProblemError INVALID_REQUEST at `e164` when the path does not hold a phone number. */
export function numberOfPath(path: Readonly<Record<string, string>>): PhoneNumber {
  const parsed = poolNumber.safeParse(path.e164);
  if (parsed.success) return parsed.data;
  throw new ProblemError('INVALID_REQUEST', 'The path does not name a phone number.', {
    issues: [{ path: 'e164', message: 'must be an international phone number, such as +6530000000' }],
  });
}

/** The pool of virtual numbers: list, add, drain and remove. */
export function numberOperations({ numbers, nowMs }: NumberOperationDependencies): Operation[] {
  return [
    operation({
      routeKey: 'GET /v1/numbers',
      operationId: 'listNumbers',
      tag: 'Numbers',
      summary: 'List the virtual numbers of the pool.',
      description: 'With the state of each: only active ones are given to new bookings.',
      query: z.strictObject(pageQuery),
      answers: { 200: listOf(presentedNumber) },
      problems: [],
      example: {
        query: { limit: '20' },
        answer: {
          status: 200,
          body: {
            items: [examplePoolNumber(exampleNumber), examplePoolNumber(exampleFreeNumber)],
            nextCursor: null,
          },
        },
      },
      async run({ query: { limit, cursor } }) {
        const page = await numbers.listNumbers({ limit, ...(cursor !== undefined && { cursor }) });
        return { status: 200, body: { items: page.items.map(presentNumber), nextCursor: page.nextCursor } };
      },
    }),
    operation({
      routeKey: 'PUT /v1/numbers/{e164}',
      operationId: 'putNumber',
      tag: 'Numbers',
      summary: 'Add a virtual number to the pool, or take it out of use for new bookings.',
      description: 'The country is that of the digits unless said. May be repeated.',
      body: numberChange,
      bodyMayBeAbsent: true,
      answers: { 200: presentedNumber },
      problems: [],
      example: {
        path: { e164: '+6531290003' },
        body: { state: 'active' },
        answer: { status: 200, body: examplePoolNumber('+6531290003') },
      },
      async run({ path, body }) {
        const virtualNumber = numberOfPath(path);
        const before = await numbers.findNumber(virtualNumber);
        const country = body.country ?? before?.country ?? countryOf(virtualNumber);
        if (country === undefined) throw countryIssue('is required: it does not follow from the number');
        if (before !== undefined && before.country !== country) {
          throw countryIssue('must be the country the number was added with; remove the number to move it');
        }
        const { number } = await numbers.putNumber({ virtualNumber, country, state: body.state }, nowMs());
        return { status: 200, body: presentNumber(number) };
      },
    }),
    operation({
      routeKey: 'DELETE /v1/numbers/{e164}',
      operationId: 'removeNumber',
      tag: 'Numbers',
      summary: 'Take a virtual number out of the pool.',
      description: 'At once when nothing uses it; else it drains, and goes when it is asked again later.',
      answers: { 200: drainingNumber, 204: null },
      problems: ['NUMBER_NOT_FOUND'],
      example: { path: { e164: exampleFreeNumber }, answer: { status: 204 } },
      async run({ path }) {
        const virtualNumber = numberOfPath(path);
        const before = await numbers.findNumber(virtualNumber);
        if (before === undefined) {
          throw new ProblemError('NUMBER_NOT_FOUND', 'The number was never added, or has been removed.');
        }
        // Drained first: from here on no booking can take the number, so the count below can only fall.
        const { number } = await numbers.putNumber(
          { virtualNumber, country: before.country, state: 'draining' },
          nowMs(),
        );
        const liveClaims = await numbers.countLiveClaims(virtualNumber, nowMs());
        if (liveClaims > 0) return { status: 200, body: { ...presentNumber(number), liveClaims } };
        await numbers.removeNumber(virtualNumber);
        return { status: 204 };
      },
    }),
  ];
}

function countryIssue(message: string): ProblemError {
  return new ProblemError('INVALID_REQUEST', 'The country of the number cannot be used.', {
    issues: [{ path: 'country', message }],
  });
}
