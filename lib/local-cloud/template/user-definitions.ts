import * as z from 'zod';
import type { Credential, PolicyStatement } from './credentials.ts';
import type { TemplateReader } from './template-reader.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const DocumentSchema = z.looseObject({
  Statement: z.union([z.unknown(), z.array(z.unknown())]).transform((value) => [value].flat()),
});

const StatementSchema = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore,
  Resource: oneOrMore,
});

const UserSchema = z.looseObject({
  Policies: z.array(z.looseObject({ PolicyDocument: DocumentSchema })).default([]),
});
const PolicySchema = z.looseObject({
  PolicyDocument: z.unknown(),
  Users: z.array(z.string()).default([]),
});
const AccessKeySchema = z.looseObject({ UserName: z.string(), Status: z.string().default('Active') });

/** Reads the access keys of the template's IAM users, each with the policies of its user. */
export function readUserCredentials(reader: TemplateReader): Credential[] {
  const statements = new Map<string, PolicyStatement[]>();
  const allow = (userName: string, document: unknown): void => {
    const known = statements.get(userName) ?? [];
    statements.set(userName, [...known, ...readStatements(document)]);
  };
  if (!reader.has('AWS::IAM::AccessKey')) return [];

  for (const { logicalId, properties } of reader.all('AWS::IAM::User', UserSchema)) {
    const userName = String(reader.resolve({ Ref: logicalId }));
    for (const { PolicyDocument } of properties.Policies) allow(userName, PolicyDocument);
  }
  for (const { properties } of policiesOfUsers(reader)) {
    for (const userName of properties.Users) allow(userName, properties.PolicyDocument);
  }
  return reader.all('AWS::IAM::AccessKey', AccessKeySchema).map(({ logicalId, properties }) => ({
    accessKeyId: String(reader.resolve({ Ref: logicalId })),
    secretAccessKey: String(reader.resolve({ 'Fn::GetAtt': [logicalId, 'SecretAccessKey'] })),
    statements: properties.Status === 'Active' ? (statements.get(properties.UserName) ?? []) : [],
  }));
}

/** Policies of roles stay unread: they may refer to what only AWS knows. */
function policiesOfUsers(reader: TemplateReader) {
  const { Resources } = reader.stack.template;
  return ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    reader
      .logicalIds(type)
      .filter((logicalId) => Resources[logicalId]?.Properties.Users !== undefined)
      .map((logicalId) => reader.one(logicalId, PolicySchema)),
  );
}

function readStatements(document: unknown): PolicyStatement[] {
  return DocumentSchema.parse(document).Statement.map((statement) => {
    const { Effect, Action, Resource } = StatementSchema.parse(statement);
    return { effect: Effect, actions: Action, resources: Resource };
  });
}
