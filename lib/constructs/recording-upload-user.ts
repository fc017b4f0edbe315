import { SecretValue, Validations } from 'aws-cdk-lib';
import { AccessKey, Grant, type IGrantable, User } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { pinLogicalId } from './logical-id.ts';
import type { RecordingsBucket } from './recordings-bucket.ts';

/**
 * Who 8x8 is when it uploads recordings: a user that can put objects below one folder and nothing else. Its access
 * key lies in a secret as `{"accessKeyId", "secretAccessKey"}` and is rotated with the operator's command.
 */
export class RecordingUploadUser extends Construct {
  readonly #user: User;
  readonly #secret: Secret;

  constructor(scope: Construct, recordingsBucket: RecordingsBucket) {
    super(scope, 'RecordingUploadUser');
    this.#user = new User(this, 'User');
    pinLogicalId(this.#user, 'RecordingUploadUser');
    recordingsBucket.grantUpload(this.#user);
    const accessKey = new AccessKey(this, 'AccessKey', { user: this.#user });
    this.#secret = new Secret(this, 'Secret', {
      description: 'JSON with the access key that 8x8 uploads recordings with.',
      secretObjectValue: {
        accessKeyId: SecretValue.unsafePlainText(accessKey.accessKeyId),
        secretAccessKey: accessKey.secretAccessKey,
      },
    });
    pinLogicalId(this.#secret, 'RecordingUploadKeySecret');
    Validations.of(this.#secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The key is registered with 8x8 as well, so no schedule can change it on one side alone. The command ' +
        '"eight-by-eight rotate-recording-key" changes both.',
    });
  }

  get userName(): string {
    return this.#user.userName;
  }

  get secretArn(): string {
    return this.#secret.secretArn;
  }

  /** For the account set-up: reads the key to register it with 8x8. */
  grantReadKey(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.#secret.secretArn],
    });
  }
}
