import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  makeTemporaryFolder,
  removeTemporaryFolder,
} from '../../../../lib/local-cloud/processes/guarded-process.ts';
import {
  type AwsJsonServer,
  startAwsJsonServer,
} from '../../../../lib/local-cloud/secrets/aws-json-server.ts';
import {
  createSecretsManager,
  generateSecretText,
  type SecretsManager,
} from '../../../../lib/local-cloud/secrets/secrets-manager.ts';
import { arn, REGION } from '../../../../lib/local-cloud/template/physical-names.ts';
import { localCredentials } from '../../../support/dynamodb-engine.ts';

const secretArn = arn('secretsmanager', 'secret:Stack-WebhookSecret-local1');
const recipe = {
  SecretStringTemplate: '{"user":"8x8"}',
  GenerateStringKey: 'token',
  PasswordLength: 48,
  ExcludeCharacters: 'abc',
  ExcludePunctuation: true,
  ExcludeNumbers: false,
  ExcludeUppercase: false,
  ExcludeLowercase: false,
  IncludeSpace: false,
  RequireEachIncludedType: true,
};

describe('the stand-in for Secrets Manager', () => {
  let folder: string;
  let secrets: SecretsManager;
  let server: AwsJsonServer;
  let client: SecretsManagerClient;
  const fileOf = () => path.join(folder, 'secrets.json');
  const textOf = async (SecretId: string, VersionStage?: string) => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage }));
    return SecretString;
  };

  beforeEach(async () => {
    folder = makeTemporaryFolder('secrets-test-');
    secrets = createSecretsManager(fileOf());
    server = await startAwsJsonServer();
    server.serve(secrets.operations);
    client = new SecretsManagerClient({
      endpoint: server.endpoint,
      region: REGION,
      credentials: localCredentials,
      maxAttempts: 1,
    });
  });
  afterEach(async () => {
    await server.stop();
    await removeTemporaryFolder(folder);
  });

  test('gives the text of a secret by its ARN and by its name', async () => {
    secrets.create([{ logicalId: 'WebhookSecret', arn: secretArn, value: 'text' }]);

    expect(await textOf(secretArn)).toBe('text');
    expect(await textOf('Stack-WebhookSecret')).toBe('text');
  });

  test('keeps the value before as the previous one', async () => {
    secrets.create([{ logicalId: 'WebhookSecret', arn: secretArn, value: 'old' }]);

    await client.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: 'new' }));
    const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: secretArn }));
    const { Versions } = await client.send(new ListSecretVersionIdsCommand({ SecretId: secretArn }));

    expect([await textOf(secretArn), await textOf(secretArn, 'AWSPREVIOUS')]).toEqual(['new', 'old']);
    expect(
      Object.values(VersionIdsToStages ?? {})
        .flat()
        .sort(),
    ).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
    expect(Versions).toHaveLength(2);
  });

  test('takes a value that waits for its turn', async () => {
    secrets.create([{ logicalId: 'WebhookSecret', arn: secretArn, value: 'old' }]);
    const pending = { SecretId: secretArn, SecretString: 'next', VersionStages: ['AWSPENDING'] };

    await client.send(new PutSecretValueCommand(pending));

    expect([await textOf(secretArn), await textOf(secretArn, 'AWSPENDING')]).toEqual(['old', 'next']);
  });

  test('does the same request only once', async () => {
    secrets.create([{ logicalId: 'WebhookSecret', arn: secretArn, value: 'old' }]);
    const ClientRequestToken = 'a'.repeat(32);
    const put = (SecretString: string) =>
      client.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString, ClientRequestToken }));

    await put('new');
    await put('new');

    await expect(put('other')).rejects.toMatchObject({ name: 'ResourceExistsException' });
    expect(await textOf(secretArn, 'AWSPREVIOUS')).toBe('old');
  });

  test('creates secrets, and knows which it does not have', async () => {
    await client.send(new CreateSecretCommand({ Name: 'made', SecretString: 'by hand' }));

    expect(await textOf('made')).toBe('by hand');
    await expect(textOf('missing')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(client.send(new CreateSecretCommand({ Name: 'made' }))).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
  });

  test('has the same secrets after a restart', () => {
    secrets.create([{ logicalId: 'Random', arn: secretArn, value: recipe }]);
    const before = createSecretsManager(fileOf()).operations['secretsmanager.GetSecretValue']?.({
      SecretId: secretArn,
    });

    const again = createSecretsManager(fileOf());
    again.create([{ logicalId: 'Random', arn: secretArn, value: recipe }]);

    expect(again.operations['secretsmanager.GetSecretValue']?.({ SecretId: secretArn })).toEqual(before);
    expect(existsSync(`${fileOf()}.new`)).toBe(false);
  });

  test('says so when it does not know an operation', async () => {
    const response = await fetch(server.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'secretsmanager.RotateSecret' },
      body: '{}',
    });

    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ __type: 'UnknownOperationException' }),
    ]);
  });
});

test('a random secret follows its recipe', () => {
  const { user, token } = JSON.parse(generateSecretText(recipe));

  expect(user).toBe('8x8');
  expect(token).toMatch(/^[A-Zd-z0-9]{48}$/);
  expect(token).toMatch(/\d/);
  expect(token).toMatch(/[A-Z]/);
});
