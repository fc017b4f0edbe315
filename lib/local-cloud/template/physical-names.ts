import { createHash } from 'node:crypto';
import { type Template, UnservableTemplateError } from './assembly.ts';
import type { PhysicalNames, PseudoParameters } from './intrinsics.ts';

/** The account that every local resource belongs to; the queue and object server knows no other. */
export const ACCOUNT_ID = '000000000000';
/** The region that every local resource lies in. */
export const REGION = 'ap-southeast-1';

/** Where the local stand-ins of AWS's own addresses are. */
export interface Addresses {
  /** Base URL of the HTTP API, without a slash at its end. */
  readonly api: string;
  /** Base URL of the queue server, without a slash at its end. */
  readonly queues: string;
}

/** The pseudo parameters of a stack that is deployed to the local cloud. */
export function pseudoParameters(stackName: string): PseudoParameters {
  return {
    'AWS::AccountId': ACCOUNT_ID,
    'AWS::Region': REGION,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': arn('cloudformation', `stack/${stackName}/local`),
  };
}

/** The ARN of a resource in the local account and region. */
export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;
}

type Properties = Readonly<Record<string, unknown>>;

interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Takes the name a resource is to have and its properties; gives what `Ref` and `Fn::GetAtt` stand for. */
type Naming = (name: string, properties: Properties, addresses: Addresses) => Identity;

const table: Naming = (name, { TableName }) => {
  const ref = given(TableName) ?? name;
  const tableArn = arn('dynamodb', `table/${ref}`);
  return { ref, attributes: { Arn: tableArn, StreamArn: `${tableArn}/stream/local` } };
};

/** The resource types that a local service stands for, or that others refer to by name. */
const namings: Readonly<Record<string, Naming>> = {
  'AWS::ApiGatewayV2::Api': (_, __, { api }) => ({
    ref: 'local',
    attributes: { ApiEndpoint: api, ApiId: 'local' },
  }),
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::EventBus': (name, { Name }) => {
    const ref = given(Name) ?? name;
    return { ref, attributes: { Arn: arn('events', `event-bus/${ref}`), Name: ref } };
  },
  'AWS::Events::Rule': (name, { Name }) => {
    const ref = given(Name) ?? name;
    return { ref, attributes: { Arn: arn('events', `rule/${ref}`) } };
  },
  'AWS::IAM::AccessKey': (name) => {
    // The same on every run, so that data kept between runs stays consistent with it.
    const digest = createHash('sha256').update(name).digest();
    return {
      ref: `AKIA${digest.toString('hex').slice(0, 16).toUpperCase()}`,
      attributes: { SecretAccessKey: digest.toString('base64').slice(0, 40) },
    };
  },
  'AWS::IAM::User': (name, { UserName }) => {
    const ref = given(UserName) ?? name;
    return { ref, attributes: { Arn: `arn:aws:iam::${ACCOUNT_ID}:user/${ref}` } };
  },
  'AWS::Lambda::Alias': (_, { FunctionName, Name }) => {
    const ref = `${functionArn(String(FunctionName))}:${String(Name)}`;
    return { ref, attributes: { AliasArn: ref } };
  },
  'AWS::Lambda::Function': (name, { FunctionName }) => {
    const ref = given(FunctionName) ?? name;
    return { ref, attributes: { Arn: functionArn(ref) } };
  },
  'AWS::Lambda::Version': (_, { FunctionName }) => ({
    ref: `${functionArn(String(FunctionName))}:1`,
    attributes: { Version: '1', FunctionArn: `${functionArn(String(FunctionName))}:1` },
  }),
  'AWS::Logs::LogGroup': (name, { LogGroupName }) => {
    const ref = given(LogGroupName) ?? name;
    return { ref, attributes: { Arn: `${arn('logs', `log-group:${ref}`)}:*` } };
  },
  'AWS::S3::Bucket': (name, { BucketName }) => {
    const ref = given(BucketName) ?? bucketName(name);
    const domain = `${ref}.s3.amazonaws.com`;
    return {
      ref,
      attributes: { Arn: `arn:aws:s3:::${ref}`, DomainName: domain, RegionalDomainName: domain },
    };
  },
  'AWS::SecretsManager::Secret': (name, { Name }) => {
    const secretArn = arn('secretsmanager', `secret:${given(Name) ?? name}-local1`);
    return { ref: secretArn, attributes: { Id: secretArn } };
  },
  'AWS::SQS::Queue': (name, { QueueName }, { queues }) => {
    const queueName = given(QueueName) ?? name;
    const url = `${queues}/${ACCOUNT_ID}/${queueName}`;
    return { ref: url, attributes: { Arn: arn('sqs', queueName), QueueName: queueName, QueueUrl: url } };
  },
};

/**
 * Names every resource of a stack the way CloudFormation would: `<stack>-<logical id>` unless the template gives a
 * name. A type without a local stand-in still has a `Ref` and an `Arn`, because policies mention it.
 */
export function createPhysicalNames(
  stackName: string,
  template: Template,
  addresses: Addresses,
): PhysicalNames {
  const identities = new Map<string, Identity>();

  const identify = (logicalId: string): Identity => {
    const known = identities.get(logicalId);
    if (known !== undefined) return known;
    const resource = template.Resources[logicalId];
    if (resource === undefined) {
      throw new UnservableTemplateError(`The template refers to ${logicalId}, which it does not define.`);
    }
    const name = `${stackName}-${logicalId}`;
    const naming = namings[resource.Type];
    const properties = resolveNames(resource.Properties);
    const identity = naming?.(name, properties, addresses) ?? unknownResource(resource.Type, name);
    identities.set(logicalId, identity);
    return identity;
  };

  /** A name may itself be a reference to another resource; anything deeper does not occur in names. */
  const resolveNames = (properties: Properties): Properties =>
    Object.fromEntries(
      Object.entries(properties).map(([key, value]) => {
        const target = referenceTarget(value);
        return [key, target === undefined || !(target in template.Resources) ? value : identify(target).ref];
      }),
    );

  return {
    ref: (logicalId) => identify(logicalId).ref,
    attribute(logicalId, name) {
      const value = identify(logicalId).attributes[name];
      if (value !== undefined) return value;
      const type = template.Resources[logicalId]?.Type ?? '';
      throw new UnservableTemplateError(
        `The template reads ${logicalId}.${name} (${type}), for which the local cloud has no value.`,
      );
    },
  };
}

/** A resource that only exists in AWS, such as a key or a role. */
function unknownResource(type: string, name: string): Identity {
  const service = type.split('::')[1]?.toLowerCase() ?? 'unknown';
  return { ref: name, attributes: { Arn: arn(service, name) } };
}

function functionArn(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : arn('lambda', `function:${nameOrArn}`);
}

/** S3 takes lower-case letters, digits and dashes, 63 of them at most. */
function bucketName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .slice(0, 63)
    .replace(/-+$/, '');
}

function given(name: unknown): string | undefined {
  return typeof name === 'string' ? name : undefined;
}

function referenceTarget(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('Ref' in value)) return undefined;
  return typeof value.Ref === 'string' ? value.Ref : undefined;
}
