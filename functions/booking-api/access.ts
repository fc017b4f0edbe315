import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { ProblemError } from '../shared/domain/problems.ts';

/** What a caller of the API may do, the least first; who may do more may do what stands before it. */
export const accessLevels = ['read', 'book', 'manage', 'erase'] as const;

/** `read`: see. `book`: bookings and their calls. `manage`: the pool and the blocklist. `erase`: erase people. */
export type AccessLevel = (typeof accessLevels)[number];

const accessRules = z.object({
  /** The claim of the token that says what its bearer may do, such as `scope` or `cognito:groups`. */
  claim: z.string(),
  /** The word in it that gives each level. */
  read: z.string(),
  book: z.string(),
  manage: z.string(),
  erase: z.string(),
});

/** By which words of which claim a token may do what. */
export type AccessRules = z.output<typeof accessRules>;

/** Reads the rules; undefined where no token is asked for, because IAM or nobody decides. */
export function readAccessRules(json: string): AccessRules | undefined {
  return accessRules.nullable().parse(JSON.parse(json)) ?? undefined;
}

/** @throws ProblemError FORBIDDEN for a bearer who may not do as much. */
export function requireAccess(request: APIGatewayProxyEventV2, level: AccessLevel, rules: AccessRules): void {
  const words = new Set(wordsOf(claimsOf(request)?.[rules.claim]));
  const enough = accessLevels.slice(accessLevels.indexOf(level));
  if (enough.some((one) => words.has(rules[one]))) return;
  throw new ProblemError(
    'FORBIDDEN',
    `The token may not do this: its claim \`${rules.claim}\` has to name \`${rules[level]}\`.`,
  );
}

/** What API Gateway passes on of a token that its authorizer has checked. */
const authorized = z.object({
  authorizer: z.object({ jwt: z.object({ claims: z.record(z.string(), z.unknown()) }) }),
});

function claimsOf({ requestContext }: APIGatewayProxyEventV2): Readonly<Record<string, unknown>> | undefined {
  return authorized.safeParse(requestContext).data?.authorizer.jwt.claims;
}

/** A list in a token arrives as one text: `read book` for scopes, `[read book]` for an array of groups. */
function wordsOf(claim: unknown): string[] {
  if (typeof claim !== 'string') return [];
  return claim.replace(/^\[(.*)\]$/s, '$1').split(/[\s,]+/);
}
