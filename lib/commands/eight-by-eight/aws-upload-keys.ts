import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { parseUploadKey } from '../../../functions/shared/adapters/eight-by-eight/management/management-secrets.ts';
import type { UploadKey } from '../../../functions/shared/ports/eight-by-eight-account.ts';
import type { UploadKeyStore } from './upload-key-rotation.ts';

/** The access keys of an IAM user, and their secret in Secrets Manager as `{"accessKeyId", "secretAccessKey"}`. */
export class AwsUploadKeys implements UploadKeyStore {
  readonly #userName: string;
  readonly #secretId: string;
  readonly #iam = new IAMClient({});
  readonly #secrets = new SecretsManagerClient({});

  constructor(userName: string, secretId: string) {
    this.#userName = userName;
    this.#secretId = secretId;
  }

  async list(): Promise<string[]> {
    const { AccessKeyMetadata = [] } = await this.#iam.send(
      new ListAccessKeysCommand({ UserName: this.#userName }),
    );
    return AccessKeyMetadata.flatMap(({ AccessKeyId }) => AccessKeyId ?? []);
  }

  async create(): Promise<UploadKey> {
    const { AccessKey } = await this.#iam.send(new CreateAccessKeyCommand({ UserName: this.#userName }));
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey ?? {};
    if (accessKeyId === undefined || secretAccessKey === undefined)
      throw new Error('IAM returned no access key.');
    return { accessKeyId, secretAccessKey };
  }

  async delete(accessKeyId: string): Promise<void> {
    const input = { UserName: this.#userName, AccessKeyId: accessKeyId };
    await this.#iam.send(new DeleteAccessKeyCommand(input));
  }

  async stored(): Promise<UploadKey> {
    const { SecretString = '' } = await this.#secrets.send(
      new GetSecretValueCommand({ SecretId: this.#secretId }),
    );
    return parseUploadKey(SecretString);
  }

  async store({ accessKeyId, secretAccessKey }: UploadKey): Promise<void> {
    const SecretString = JSON.stringify({ accessKeyId, secretAccessKey });
    await this.#secrets.send(new PutSecretValueCommand({ SecretId: this.#secretId, SecretString }));
  }
}
