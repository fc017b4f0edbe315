import * as z from 'zod';
import { ok, type Route, readBody, SimulatorRequestError } from '../http.ts';
import { faultsSchema } from '../model/faults.ts';
import { toE164 } from '../model/phone-numbers.ts';
import { addNumber, operationalStatuses, type SubAccount, type VirtualNumber } from '../model/sub-account.ts';
import { partialVariationsSchema, withVariations } from '../model/variations.ts';
import type { Platform } from '../platform.ts';
import { deliverEvents } from '../webhooks/deliveries.ts';
import type { Exchange } from '../webhooks/outgoing-events.ts';
import { applyVariations } from '../webhooks/payload-variations.ts';
import { numbersUpdatedBody } from '../webhooks/webhook-bodies.ts';

const reportFields = {
  updateEventType: z.enum(['UPDATES', 'SNAPSHOT']).default('UPDATES'),
  seed: z.union([z.int().min(0), z.string()]).default(0),
  faults: faultsSchema.default({}),
  variations: partialVariationsSchema.default({}),
};
const healthSchema = z.strictObject({ operationalStatus: z.enum(operationalStatuses), ...reportFields });
const additionSchema = z.strictObject({
  /** The sub-account that gets the number; the first one when it is absent. */
  subAccountId: z.string().optional(),
  ...reportFields,
});
const removalSchema = z.strictObject(reportFields);
type ReportRequest = z.output<typeof removalSchema>;

/** The pool of virtual numbers, and its changes, each reported by a VNU webhook. */
export function numberRoutes(platform: Platform): Route[] {
  return [
    {
      method: 'GET',
      path: '/simulator/numbers',
      summary: 'The virtual numbers of every sub-account',
      handle: () =>
        ok({
          items: [...platform.subAccounts.values()].flatMap((subAccount) =>
            [...subAccount.numbers.values()].map((number) => describe(subAccount, number)),
          ),
          nextCursor: null,
        }),
    },
    {
      method: 'POST',
      path: '/simulator/numbers/{e164}/health',
      summary: 'Change the state of a number',
      async handle({ params, body }) {
        const request = readBody(healthSchema, body);
        const { subAccount, number } = findNumber(platform, params.e164);
        number.operationalStatus = request.operationalStatus;
        number.updatedMs = platform.clock.nowMs();
        const exchanges = await reportNumbers(platform, subAccount, [number], request);
        return ok({ number: describe(subAccount, number), exchanges });
      },
    },
    {
      method: 'PUT',
      path: '/simulator/numbers/{e164}',
      summary: 'Add a number to a pool',
      async handle({ params, body }) {
        const request = readBody(additionSchema, body);
        const msisdn = readNumber(params.e164);
        const subAccount = findSubAccount(platform, request.subAccountId);
        const number = addNumber(subAccount, msisdn, platform.clock.nowMs());
        const exchanges = await reportNumbers(platform, subAccount, [number], request);
        return ok({ number: describe(subAccount, number), exchanges });
      },
    },
    {
      method: 'DELETE',
      path: '/simulator/numbers/{e164}',
      summary: 'Take a number out of its pool',
      async handle({ params, body }) {
        const request = readBody(removalSchema, body);
        const { subAccount, number } = findNumber(platform, params.e164);
        subAccount.numbers.delete(number.msisdn);
        const exchanges = await reportNumbers(platform, subAccount, [], request);
        return ok({ number: null, exchanges });
      },
    },
  ];
}

async function reportNumbers(
  platform: Platform,
  subAccount: SubAccount,
  updated: readonly VirtualNumber[],
  { updateEventType, seed, faults, variations: chosen }: ReportRequest,
): Promise<Exchange[]> {
  const variations = withVariations(platform.run.variations, chosen);
  const listsAll = updateEventType === 'SNAPSHOT' || variations.numberUpdates === 'all';
  const listed = listsAll ? [...subAccount.numbers.values()] : updated;
  const exchanges: Exchange[] = [];
  const event = {
    webhook: 'VNU' as const,
    dueMs: platform.clock.nowMs(),
    subAccount,
    sessionId: null,
    body: applyVariations(
      numbersUpdatedBody(subAccount, updateEventType, listed, new Set(updated)),
      variations,
    ),
    exchanges,
  };
  await deliverEvents(platform, [event], { ...platform.run.faults, ...faults }, `${platform.seed} ${seed}`);
  return exchanges;
}

function describe(subAccount: SubAccount, number: VirtualNumber): object {
  const { msisdn, countryCode, operationalStatus, referenceId } = number;
  return { subAccountId: subAccount.id, msisdn, countryCode, operationalStatus, referenceId };
}

function readNumber(text: string | undefined): string {
  const msisdn = toE164(text);
  if (msisdn !== undefined) return msisdn;
  throw new SimulatorRequestError(
    400,
    'INVALID_REQUEST',
    'The number in the path must be E.164, such as 6531290001.',
    [{ path: 'e164', message: 'is not an E.164 number' }],
  );
}

function findNumber(
  platform: Platform,
  text: string | undefined,
): { subAccount: SubAccount; number: VirtualNumber } {
  const msisdn = readNumber(text);
  for (const subAccount of platform.subAccounts.values()) {
    const number = subAccount.numbers.get(msisdn);
    if (number !== undefined) return { subAccount, number };
  }
  throw new SimulatorRequestError(
    404,
    'NUMBER_NOT_FOUND',
    'No sub-account has this virtual number. GET /simulator/numbers lists them; PUT /simulator/numbers/{e164} adds one.',
  );
}

function findSubAccount(platform: Platform, id: string | undefined): SubAccount {
  const [first] = platform.subAccounts.values();
  const found = id === undefined ? first : platform.subAccounts.get(id);
  if (found !== undefined) return found;
  throw new SimulatorRequestError(
    404,
    'SUB_ACCOUNT_NOT_FOUND',
    `There is no such sub-account; there are: ${[...platform.subAccounts.keys()].join(', ')}.`,
  );
}
