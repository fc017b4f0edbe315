import * as z from 'zod';
import { functionOf, resourcesOf, type StackTemplate } from './synthesized.ts';

const oneOrMore = z.union([z.unknown().array(), z.unknown().transform((value) => [value])]);

const policy = z.object({
  Roles: z.array(z.object({ Ref: z.string() })).default([]),
  PolicyDocument: z.object({
    Statement: z.array(z.object({ Effect: z.literal('Allow'), Action: oneOrMore, Resource: oneOrMore })),
  }),
});

const attribute = z.object({ 'Fn::GetAtt': z.array(z.string()) });
const reference = z.object({ Ref: z.string() });
const joined = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });

/** A resource of a policy as a person would write it: the logical id, followed by what is appended to its ARN. */
function readable(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const asAttribute = attribute.safeParse(resource);
  if (asAttribute.success) return asAttribute.data['Fn::GetAtt'][0] ?? '';
  const asReference = reference.safeParse(resource);
  if (asReference.success) return asReference.data.Ref;
  return joined.parse(resource)['Fn::Join'][1].map(readable).join('');
}

/** Everything that a function may do, as `action resource` lines in alphabetical order, its own log left out. */
export function grantsOf(template: StackTemplate, functionId: string): string[] {
  const roleId = functionOf(template, functionId).Role['Fn::GetAtt'][0];
  return Object.values(resourcesOf(template, 'AWS::IAM::Policy'))
    .map(({ Properties }) => policy.parse(Properties))
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === roleId))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((resource) => `${String(action)} ${readable(resource)}`)),
    )
    .filter((line) => !line.startsWith('logs:'))
    .sort();
}
