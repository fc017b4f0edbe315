import * as z from 'zod';
import { callingCodeIn, hasCallingCode } from '../../shared/domain/countries.ts';
import {
  classRefusal,
  countryOf,
  defaultNumberRules,
  type NumberRules,
} from '../../shared/domain/number-class.ts';
import type { PhoneNumber } from '../../shared/domain/phone-number.ts';
import { numberStates, type PoolNumber } from '../../shared/domain/pool.ts';
import { numbersNotAllowed, ProblemError } from '../../shared/domain/problems.ts';
import type { NumberStore } from '../../shared/ports/booking-store.ts';
import { EXAMPLE_NOW_MS, exampleFreeNumber, exampleNumber } from '../examples.ts';
import { type Operation, operation } from '../operation.ts';
import { countryBesideNumber, numberOfPath } from '../phone-numbers.ts';
import { countryCode, listOf, pageQuery, presentedTime, timeText } from '../values.ts';

export interface NumberOperationDependencies {
  readonly numbers: NumberStore;
  readonly rules?: { readonly numbers?: NumberRules };
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

/** The pool of virtual numbers: list, add, drain and remove. */
export function numberOperations({ numbers, rules, nowMs }: NumberOperationDependencies): Operation[] {
  const numberRules = rules?.numbers ?? defaultNumberRules;
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
      query: countryBesideNumber,
      body: numberChange,
      bodyMayBeAbsent: true,
      answers: { 200: presentedNumber },
      problems: ['PHONE_NUMBER_NOT_ALLOWED'],
      example: {
        path: { e164: '+6531290003' },
        body: { state: 'active' },
        answer: { status: 200, body: examplePoolNumber('+6531290003') },
      },
      async run({ path, query, body }) {
        const virtualNumber = numberOfPath(path, { country: query.country ?? body.country });
        const before = await numbers.findNumber(virtualNumber);
        if (before === undefined) refuseClass(virtualNumber, numberRules);
        const country = before?.country ?? countryToFileUnder(virtualNumber, body.country);
        if (body.country !== undefined && body.country !== country) {
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
      query: countryBesideNumber,
      answers: { 200: drainingNumber, 204: null },
      problems: ['NUMBER_NOT_FOUND'],
      example: { path: { e164: exampleFreeNumber }, answer: { status: 204 } },
      async run({ path, query }) {
        const virtualNumber = numberOfPath(path, query);
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

/** @throws ProblemError PHONE_NUMBER_NOT_ALLOWED; a range that no plan names yet may be the platform's. */
function refuseClass(virtualNumber: PhoneNumber, rules: NumberRules): void {
  const message = classRefusal(virtualNumber, { ...rules, strict: false });
  if (message !== undefined) throw numbersNotAllowed([{ path: 'e164', message }]);
}

/** The country of the digits; where several share the calling code and the range is new, the one that is said. */
function countryToFileUnder(virtualNumber: PhoneNumber, said: string | undefined): string {
  const own = countryOf(virtualNumber);
  if (own !== undefined) {
    if (said === undefined || said === own) return own;
    throw countryIssue(`must be ${own}, the country of its digits, or be left out`);
  }
  if (said === undefined) throw countryIssue('is required: it does not follow from the number');
  const callingCode = callingCodeIn(virtualNumber.revealDigits());
  if (callingCode !== undefined && hasCallingCode(said, callingCode)) return said;
  throw countryIssue('must be a country of the calling code that the number begins with');
}

function countryIssue(message: string): ProblemError {
  return new ProblemError('INVALID_REQUEST', 'The country of the number cannot be used.', {
    issues: [{ path: 'country', message }],
  });
}
