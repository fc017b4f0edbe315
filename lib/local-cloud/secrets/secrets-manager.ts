import { randomInt, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { arn } from '../template/physical-names.ts';
import type { RandomSecret, SecretDefinition } from '../template/storage-definitions.ts';
import { type Operations, ServiceError } from './aws-json-server.ts';

const VersionSchema = z.object({
  id: z.string(),
  stages: z.array(z.string()),
  text: z.string(),
  createdEpochSeconds: z.number(),
});
const SecretSchema = z.object({ arn: z.string(), name: z.string(), versions: z.array(VersionSchema) });

type Version = z.infer<typeof VersionSchema>;
type Secret = z.infer<typeof SecretSchema>;

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

/** A stand-in for the operations of Secrets Manager that the service and its operators use. */
export interface SecretsManager {
  /** Creates the template's secrets that do not exist yet. */
  create(definitions: readonly SecretDefinition[]): void;
  /** Gives a secret a new current text, unless it is its text already; creates it if needed. */
  put(secretId: string, text: string): void;
  readonly operations: Operations;
}

const Id = z.looseObject({ SecretId: z.string() });
const GetInput = Id.extend({ VersionId: z.string().optional(), VersionStage: z.string().optional() });
const PutInput = Id.extend({
  SecretString: z.string(),
  ClientRequestToken: z.string().optional(),
  VersionStages: z.array(z.string()).optional(),
});
const CreateInput = z.looseObject({ Name: z.string(), SecretString: z.string().optional() });

/** Makes the stand-in. `file` keeps the secrets from one start to the next. */
export function createSecretsManager(file: string): SecretsManager {
  const secrets: Secret[] = existsSync(file)
    ? z.array(SecretSchema).parse(JSON.parse(readFileSync(file, 'utf8')))
    : [];
  const save = (): void => {
    writeFileSync(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };

  const find = (id: string): Secret | undefined =>
    secrets.find(
      ({ arn: secretArn, name }) => secretArn === id || name === id || secretArn.startsWith(`${id}-`),
    );
  const get = (id: string): Secret => {
    const secret = find(id);
    if (secret === undefined) {
      throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  };

  const add = (secretArn: string, name: string): Secret => {
    const secret: Secret = { arn: secretArn, name, versions: [] };
    secrets.push(secret);
    return secret;
  };

  const putVersion = (secret: Secret, text: string, id: string, stages: readonly string[]): Version => {
    const known = secret.versions.find((version) => version.id === id);
    if (known !== undefined) {
      if (known.text === text) return known;
      throw new ServiceError('ResourceExistsException', 'A version with this token has another value.');
    }
    const version: Version = { id, stages: [], text, createdEpochSeconds: Date.now() / 1000 };
    secret.versions.push(version);
    for (const stage of stages) moveStage(secret, stage, version);
    secret.versions = secret.versions.filter(({ stages }) => stages.length > 0);
    save();
    return version;
  };

  return {
    create(definitions) {
      for (const { arn: secretArn, value } of definitions) {
        if (find(secretArn) !== undefined) continue;
        const name = nameOf(secretArn);
        const text = typeof value === 'string' ? value : generateSecretText(value);
        putVersion(add(secretArn, name), text, randomUUID(), [CURRENT]);
      }
    },
    put(secretId, text) {
      const secret = find(secretId) ?? add(secretId, nameOf(secretId));
      const current = secret.versions.find(({ stages }) => stages.includes(CURRENT));
      if (current?.text !== text) putVersion(secret, text, randomUUID(), [CURRENT]);
    },
    operations: {
      'secretsmanager.GetSecretValue': (input) => {
        const { SecretId, VersionId, VersionStage = CURRENT } = GetInput.parse(input);
        const secret = get(SecretId);
        const version = secret.versions.find(({ id, stages }) =>
          VersionId === undefined ? stages.includes(VersionStage) : id === VersionId,
        );
        if (version === undefined) {
          const message = `Secrets Manager can't find the specified secret value for staging label: ${VersionStage}`;
          throw new ServiceError('ResourceNotFoundException', message);
        }
        return {
          ARN: secret.arn,
          Name: secret.name,
          VersionId: version.id,
          SecretString: version.text,
          VersionStages: version.stages,
          CreatedDate: version.createdEpochSeconds,
        };
      },
      'secretsmanager.DescribeSecret': (input) => {
        const secret = get(Id.parse(input).SecretId);
        return {
          ARN: secret.arn,
          Name: secret.name,
          VersionIdsToStages: Object.fromEntries(secret.versions.map(({ id, stages }) => [id, stages])),
        };
      },
      'secretsmanager.ListSecretVersionIds': (input) => {
        const secret = get(Id.parse(input).SecretId);
        const Versions = secret.versions.map(({ id, stages, createdEpochSeconds }) => ({
          VersionId: id,
          VersionStages: stages,
          CreatedDate: createdEpochSeconds,
        }));
        return { ARN: secret.arn, Name: secret.name, Versions };
      },
      'secretsmanager.PutSecretValue': (input) => {
        const {
          SecretId,
          SecretString,
          ClientRequestToken,
          VersionStages = [CURRENT],
        } = PutInput.parse(input);
        const secret = get(SecretId);
        const version = putVersion(secret, SecretString, ClientRequestToken ?? randomUUID(), VersionStages);
        return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages };
      },
      'secretsmanager.CreateSecret': (input) => {
        const { Name, SecretString } = CreateInput.parse(input);
        if (find(Name) !== undefined) {
          throw new ServiceError('ResourceExistsException', `The secret ${Name} already exists.`);
        }
        const secret = add(arn('secretsmanager', `secret:${Name}-local1`), Name);
        const version =
          SecretString === undefined ? undefined : putVersion(secret, SecretString, randomUUID(), [CURRENT]);
        return { ARN: secret.arn, Name, VersionId: version?.id };
      },
    },
  };
}

/** A stage is on one version at a time; the version that loses the current one becomes the previous one. */
function moveStage(secret: Secret, stage: string, version: Version): void {
  const before = secret.versions.find(({ stages }) => stages.includes(stage));
  if (before !== undefined) before.stages = before.stages.filter((other) => other !== stage);
  version.stages.push(stage);
  if (stage === CURRENT && before !== undefined) moveStage(secret, PREVIOUS, before);
}

/** An ARN ends in the name, a dash and six characters of Secrets Manager's own. */
function nameOf(secretArn: string): string {
  return (secretArn.split(':secret:')[1] ?? secretArn).replace(/-[^-]{6}$/, '');
}

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const UPPERCASE = LOWERCASE.toUpperCase();
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** Makes the text of a random secret as CloudFormation's `GenerateSecretString` describes it. */
export function generateSecretText(recipe: RandomSecret): string {
  const password = generatePassword(recipe);
  if (recipe.SecretStringTemplate === undefined || recipe.GenerateStringKey === undefined) return password;
  return JSON.stringify({ ...JSON.parse(recipe.SecretStringTemplate), [recipe.GenerateStringKey]: password });
}

function generatePassword(recipe: RandomSecret): string {
  const alphabets = [
    recipe.ExcludeLowercase ? '' : LOWERCASE,
    recipe.ExcludeUppercase ? '' : UPPERCASE,
    recipe.ExcludeNumbers ? '' : DIGITS,
    recipe.ExcludePunctuation ? '' : PUNCTUATION,
    recipe.IncludeSpace ? ' ' : '',
  ]
    .map((alphabet) => [...alphabet].filter((character) => !recipe.ExcludeCharacters.includes(character)))
    .filter((alphabet) => alphabet.length > 0);
  const all = alphabets.flat();
  const pick = (characters: readonly string[]): string => characters[randomInt(characters.length)] ?? '';
  for (;;) {
    const characters = Array.from({ length: recipe.PasswordLength }, () => pick(all));
    const hasEach = alphabets.every((alphabet) =>
      alphabet.some((character) => characters.includes(character)),
    );
    if (hasEach || !recipe.RequireEachIncludedType) return characters.join('');
  }
}
