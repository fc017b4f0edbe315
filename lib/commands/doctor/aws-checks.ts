import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { parseApiKey } from '../../../functions/shared/adapters/eight-by-eight/management/management-secrets.ts';
import { parseWebhookSecret } from '../../../functions/shared/adapters/secrets-manager.ts';
import { type Finding, fine, missing } from './findings.ts';

/** Where the CDK notes that it has prepared an account, and what its command line asks for at least. */
const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';
const LEAST_BOOTSTRAP_VERSION = 6;

const tracesSchema = z.object({ webhookUrls: z.array(z.string()) });

/** What the account and the Region hold. */
export class AwsAccount {
  readonly #parameters = new SSMClient({ maxAttempts: 2 });
  readonly #secrets = new SecretsManagerClient({ maxAttempts: 2 });

  /** Credentials and bootstrap: one question answers both. */
  async bootstrap(): Promise<Finding[]> {
    try {
      const version = Number(await this.#parameter(BOOTSTRAP_PARAMETER));
      if (version >= LEAST_BOOTSTRAP_VERSION) {
        return [
          fine('AWS lets you in.'),
          fine(`The CDK has prepared this account and Region (version ${version}).`),
        ];
      }
    } catch (error) {
      if (!(error instanceof ParameterNotFound)) return [describeRefusal(error)];
    }
    return [
      fine('AWS lets you in.'),
      missing('The CDK has not prepared this account and Region, or long ago.', 'Run: npx cdk bootstrap'),
    ];
  }

  /** @returns the key, beside what was found. */
  async apiKey(secretName: string): Promise<{ finding: Finding; apiKey?: string }> {
    try {
      const { SecretString = '' } = await this.#secrets.send(
        new GetSecretValueCommand({ SecretId: secretName }),
      );
      const apiKey = parseApiKey(SecretString);
      return { finding: fine(`The secret "${secretName}" holds an API key.`), apiKey };
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      const advice =
        name === 'ResourceNotFoundException'
          ? `Run: aws secretsmanager create-secret --name ${secretName} --secret-string <API key of 8x8>`
          : describeRefusal(error).what;
      return {
        finding: missing(
          `The secret "${secretName}" (eightByEight.apiKeySecretName) cannot be read.`,
          advice,
        ),
      };
    }
  }

  /** Where the call-action webhook of a stage answers, as its last deployment noted it; undefined before the first. */
  async callActionUrl(stage: string): Promise<string | undefined> {
    try {
      const value = await this.#parameter(`/number-masking/${stage}/8x8-account`);
      return tracesSchema.parse(JSON.parse(value)).webhookUrls.at(-1);
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw error;
    }
  }

  /** What the webhooks of a stack expect in `Authorization`; undefined when its secret is not found. */
  async webhookAuthorization(stackName: string): Promise<string | undefined> {
    const { SecretList = [] } = await this.#secrets.send(
      new ListSecretsCommand({ Filters: [{ Key: 'tag-value', Values: [stackName] }], MaxResults: 100 }),
    );
    const found = SecretList.find(({ Tags = [] }) =>
      Tags.some(({ Key, Value }) => Key === 'aws:cloudformation:logical-id' && Value === 'WebhookSecret'),
    );
    if (found?.ARN === undefined) return undefined;
    const { SecretString = '' } = await this.#secrets.send(
      new GetSecretValueCommand({ SecretId: found.ARN }),
    );
    return parseWebhookSecret(SecretString)[0];
  }

  async #parameter(Name: string): Promise<string> {
    const { Parameter } = await this.#parameters.send(new GetParameterCommand({ Name }));
    return Parameter?.Value ?? '';
  }
}

function describeRefusal(error: unknown): Finding {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return missing(
    `AWS does not let you in: ${name}.`,
    `${message} Set AWS_PROFILE and AWS_REGION, or run: aws sso login`,
  );
}
