import * as z from 'zod';
import type { PhoneNumber } from '../../shared/domain/phone-number.ts';
import { numberStates, type PoolNumber } from '../../shared/domain/pool.ts';
import { ProblemError } from '../../shared/domain/problems.ts';
import type { NumberStore } from '../../shared/ports/booking-store.ts';
import { type Operation, operation } from '../operation.ts';
import { countryCode, countryOf, listOf, pageQuery, poolNumber, timeText } from '../values.ts';

export interface NumberOperationDependencies {
  readonly numbers: NumberStore;
  readonly nowMs: () => number;
}

export const presentedNumber = z
  .object({
    virtualNumber: z.string(),
    country: z.string(),
    state: z.enum(numberStates),
    addedAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'VirtualNumber' });

const numberChange = z.strictObject(
  {
    country: countryCode.optional(),
    state: z.enum(['active', 'draining'], 'must be "active" or "draining"').default('active'),
  },
  'must be a JSON object',
);

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
      summary: 'List the virtual numbers of the pool.',
      query: z.strictObject(pageQuery),
      answers: { 200: listOf(presentedNumber) },
      problems: [],
      async run({ query: { limit, cursor } }) {
        const page = await numbers.listNumbers({ limit, ...(cursor !== undefined && { cursor }) });
        return { status: 200, body: { items: page.items.map(presentNumber), nextCursor: page.nextCursor } };
      },
    }),
    operation({
      routeKey: 'PUT /v1/numbers/{e164}',
      operationId: 'putNumber',
      summary: 'Add a virtual number to the pool, or take it out of use for new bookings.',
      body: numberChange,
      bodyMayBeAbsent: true,
      answers: { 200: presentedNumber },
      problems: [],
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
      summary: 'Take a virtual number out of the pool: at once when nothing uses it, else it drains.',
      answers: {
        200: presentedNumber
          .extend({ liveClaims: z.int() })
          .describe('Still used; asked again later, it goes.'),
        204: null,
      },
      problems: ['NUMBER_NOT_FOUND'],
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
