import { Duration, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { asBucketInterface } from './cdk-interfaces.ts';
import { pinLogicalId } from './logical-id.ts';
import { removalPolicyOf } from './removal.ts';

/** How long an overwritten or deleted recording can be brought back. */
const UNDELETE_DAYS = 7;

interface RecordingsBucketProps {
  readonly recordings: DeploymentConfig['recordings'];
  readonly operations: DeploymentConfig['operations'];
  /** The key of everything that is kept; recordings may have one of their own without it. */
  readonly ownKey: IKey | undefined;
  /** Whether the bucket is served on one machine, where a removal is the end of the process. */
  readonly isLocal: boolean;
}

/**
 * Where 8x8 puts recordings: private, encrypted, reached over TLS alone, versioned, and emptied by age. Who reads
 * what is written down in a second bucket.
 */
export class RecordingsBucket extends Construct {
  readonly #bucket: Bucket;
  readonly #prefix: string;

  constructor(scope: Construct, { recordings, operations, ownKey, isLocal }: RecordingsBucketProps) {
    super(scope, 'RecordingsBucket');
    const common = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: removalPolicyOf(operations),
      // A bucket that holds anything cannot be deleted. On one machine there is nobody who would empty it.
      autoDeleteObjects: operations.removalPolicy === 'destroy' && !isLocal,
    };
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...common,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(operations.retentionDays.logs) }],
    });
    pinLogicalId(accessLogs, 'RecordingsAccessLogsBucket');
    this.#prefix = recordings.prefix;
    const encryptionKey =
      ownKey ??
      (recordings.ownKey
        ? new Key(this, 'Key', {
            description: 'Encrypts the recordings of masked calls.',
            enableKeyRotation: true,
            removalPolicy: removalPolicyOf(operations),
          })
        : undefined);
    this.#bucket = new Bucket(this, 'Bucket', {
      ...common,
      ...(encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
      versioned: true,
      serverAccessLogsBucket: asBucketInterface(accessLogs),
      lifecycleRules: [
        {
          expiration: Duration.days(recordings.keepDays),
          noncurrentVersionExpiration: Duration.days(UNDELETE_DAYS),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          ...(recordings.colderAfterDays !== undefined && {
            transitions: [
              {
                // Colder, yet answering at once: a presigned link to an old recording still plays.
                storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL,
                transitionAfter: Duration.days(recordings.colderAfterDays),
              },
            ],
          }),
        },
        { expiredObjectDeleteMarker: true },
      ],
    });
    pinLogicalId(this.#bucket, 'RecordingsBucket');
  }

  get bucketName(): string {
    return this.#bucket.bucketName;
  }

  /** AWS region of the bucket. */
  get region(): string {
    return this.#bucket.env.region;
  }

  /** For 8x8: puts recordings into the folder, and sees nothing of what lies there. */
  grantUpload(grantee: IGrantable & IConstruct): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:PutObject'],
      resourceArns: [this.#bucket.arnForObjects(`${this.#prefix}/*`)],
    });
    // S3 asks for the second one when a file is sent in parts; it reads nothing without s3:GetObject.
    this.#bucket.encryptionKey?.grant(grantee, 'kms:GenerateDataKey', 'kms:Decrypt');
    this.#acknowledgeFolder(grantee);
  }

  /** For news about recordings: sees whether an object is there, and looks for it by name when it is not. */
  grantFindRecordings(grantee: IGrantable & IConstruct): void {
    this.grantReadRecordings(grantee);
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.#bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': `${this.#prefix}/*` } },
    });
  }

  /** For erasing a person: finds the files of a call, and deletes them with all their versions. */
  grantEraseRecordings(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket', 's3:ListBucketVersions'],
      resourceArns: [this.#bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': `${this.#prefix}/*` } },
    });
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
      resourceArns: [this.#bucket.arnForObjects(`${this.#prefix}/*`)],
    });
  }

  /** For the booking API: reads recordings, so that the links it signs work. */
  grantReadRecordings(grantee: IGrantable & IConstruct): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:GetObject'],
      resourceArns: [this.#bucket.arnForObjects(`${this.#prefix}/*`)],
    });
    this.#bucket.encryptionKey?.grantDecrypt(grantee);
    this.#acknowledgeFolder(grantee);
  }

  #acknowledgeFolder(grantee: IConstruct): void {
    Validations.of(grantee).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<RecordingsBucket.Arn>/${this.#prefix}/*]`,
      reason: 'Recordings get their names from 8x8, so only the folder they lie in can be named.',
    });
  }
}
