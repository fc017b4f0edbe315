import * as z from 'zod';
import { callingCodeIn, hasCallingCode } from '../../shared/domain/countries.ts';
import type { StrangerRule } from '../../shared/domain/dialogue/stranger-rule.ts';
import {
  classRefusal,
  countryOf,
  defaultNumberRules,
  type NumberRules,
} from '../../shared/domain/number-class.ts';
import type { PhoneNumber } from '../../shared/domain/phone-number.ts';
import { numberStates, type PoolNumber } from '../../shared/domain/pool.ts';
import { numbersNotAllowed, ProblemError } from '../../shared/domain/problems.ts';
import type { NumberStore } from '../../shared/ports/number-store.ts';
import type { NumberStrangers } from '../../shared/ports/number-strangers.ts';
import { removeNumber } from '../../shared/use-cases/remove-number.ts';
import { EXAMPLE_NOW_MS, exampleFreeNumber, exampleNumber } from '../examples.ts';
import { type Operation, operation } from '../operation.ts';
import { countryBesideNumber, numberOfPath } from '../phone-numbers.ts';
import { presentedStrangerRule, presentStrangerRule, strangerRule } from '../stranger-rule-document.ts';
import { countryCode, listOf, pageQuery, presentedTime, timeText } from '../values.ts';

export interface NumberOperationDependencies {
  readonly numbers: NumberStore;
  readonly strangers: NumberStrangers;
  readonly rules?: { readonly numbers?: NumberRules };
  readonly nowMs: () => number;
}

export const presentedNumber = z
  .object({
    virtualNumber: z.string(),
    country: z.string(),
    state: z.enum(numberStates),
    strangers: presentedStrangerRule,
    addedAt: presentedTime,
    updatedAt: presentedTime,
  })
  .meta({ id: 'VirtualNumber' });

const numberChange = z
  .strictObject(
    {
      country: countryCode.optional(),
      state: z.enum(['active', 'draining'], 'must be "active" or "draining"').default('active'),
      strangers: strangerRule.nullable().optional(),
    },
    'must be a JSON object',
  )
  .meta({ id: 'NumberChange' });

const drainingNumber = presentedNumber
  .extend({
    liveClaims: z.int().describe('Parties of live bookings that the number still serves.'),
    removableAt: presentedTime.describe('Until then somebody may still believe that it is given out.'),
  })
  .meta({
    id: 'DrainingNumber',
    description: 'Still used, or withdrawn a moment ago; asked again later, it goes.',
  });

const examplePoolNumber = (virtualNumber: string) => ({
  virtualNumber,
  country: 'SG',
  state: 'active' as const,
  strangers: null,
  addedAt: timeText(EXAMPLE_NOW_MS),
  updatedAt: timeText(EXAMPLE_NOW_MS),
});

function presentNumber(
  number: PoolNumber,
  strangers: StrangerRule | undefined,
): z.output<typeof presentedNumber> {
  return {
    virtualNumber: number.virtualNumber.reveal(),
    country: number.country,
    state: number.state,
    strangers: presentStrangerRule(strangers),
    addedAt: timeText(number.addedAtMs),
    updatedAt: timeText(number.updatedAtMs),
  };
}

/** The pool of virtual numbers: list, add, drain and remove. */
export function numberOperations({
  numbers,
  strangers,
  rules,
  nowMs,
}: NumberOperationDependencies): Operation[] {
  const numberRules = rules?.numbers ?? defaultNumberRules;

  async function withStrangers(some: readonly PoolNumber[]) {
    const found = await strangers.rulesOf(some.map(({ virtualNumber }) => virtualNumber));
    return some.map((number) => presentNumber(number, found.get(number.virtualNumber.reveal())));
  }

  async function ruleOf({ virtualNumber }: PoolNumber): Promise<StrangerRule | undefined> {
    return (await strangers.rulesOf([virtualNumber])).get(virtualNumber.reveal());
  }

  /** @throws ProblemError INVALID_REQUEST for a menu that does not exist. */
  async function putStrangers(virtualNumber: PhoneNumber, rule: StrangerRule | undefined): Promise<void> {
    if (await strangers.put(virtualNumber, rule, nowMs())) return;
    throw new ProblemError('INVALID_REQUEST', 'Strangers cannot be led into this menu.', {
      issues: [{ path: 'strangers.menu', message: 'must be the id of a menu: PUT /v1/menus/{menuId} first' }],
    });
  }

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
        return { status: 200, body: { items: await withStrangers(page.items), nextCursor: page.nextCursor } };
      },
    }),
    operation({
      routeKey: 'PUT /v1/numbers/{e164}',
      access: 'manage',
      operationId: 'putNumber',
      tag: 'Numbers',
      summary: 'Add a virtual number to the pool, take it out of use, or say what it does with strangers.',
      description:
        'The country is that of the digits unless said; what strangers meet stays as it was unless said. May be repeated.',
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
        if (body.strangers !== undefined) await putStrangers(virtualNumber, body.strangers ?? undefined);
        const { number } = await numbers.putNumber({ virtualNumber, country, state: body.state }, nowMs());
        return { status: 200, body: presentNumber(number, await ruleOf(number)) };
      },
    }),
    operation({
      routeKey: 'DELETE /v1/numbers/{e164}',
      access: 'manage',
      operationId: 'removeNumber',
      tag: 'Numbers',
      summary: 'Take a virtual number out of the pool.',
      description:
        'It drains first, and goes when it is asked again and nothing uses it any more, some seconds later at the soonest.',
      query: countryBesideNumber,
      answers: { 200: drainingNumber, 204: null },
      problems: ['NUMBER_NOT_FOUND'],
      example: { path: { e164: exampleFreeNumber }, answer: { status: 204 } },
      async run({ path, query }) {
        const virtualNumber = numberOfPath(path, query);
        const outcome = await removeNumber(virtualNumber, { numbers, nowMs });
        if (outcome.kind === 'removed') {
          await putStrangers(virtualNumber, undefined);
          return { status: 204 };
        }
        const { number, liveClaims, removableAtMs } = outcome;
        const presented = presentNumber(number, await ruleOf(number));
        return { status: 200, body: { ...presented, liveClaims, removableAt: timeText(removableAtMs) } };
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
