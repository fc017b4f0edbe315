import { CustomResource, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { voiceProfilesOf } from '../configuration/caller-messages.ts';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import type { WebhookName } from '../routes.ts';
import { grantReadApiKey } from './eight-by-eight-access.ts';
import type { HttpApi } from './http-api.ts';
import { pinLogicalId } from './logical-id.ts';
import type { RecordingUploadUser } from './recording-upload-user.ts';
import type { RecordingsBucket } from './recordings-bucket.ts';
import { removalPolicyOf } from './removal.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import type { WebhookSecret } from './webhook-secret.ts';
import { webhookTypes } from './webhook-types.ts';

/** How often somebody looks whether the account is still as it was left. */
export const DRIFT_CHECK_INTERVAL = Duration.hours(1);

interface AccountSetupProps {
  readonly functionDefaults: FunctionDefaults;
  readonly config: DeploymentConfig;
  readonly httpApi: HttpApi;
  readonly webhooks: Iterable<WebhookName>;
  readonly webhookSecret: WebhookSecret;
  readonly recordingsBucket: RecordingsBucket;
  /** Absent where recordings are off. */
  readonly recordingUploadUser: RecordingUploadUser | undefined;
}

/**
 * Makes the 8x8 account deliver to this stack: at each deployment that changes something about it, at the removal,
 * and, without an API key, by telling a person what to enter. A schedule looks whether it stays that way.
 */
export class AccountSetup extends Construct {
  readonly handler: IFunction;
  /** `configured`, `incomplete` or `by-hand`. */
  readonly status: string;
  /** What was done, or what is left to be done by hand, in words. */
  readonly summary: string;

  constructor(scope: Construct, props: AccountSetupProps) {
    super(scope, 'AccountSetup');
    const { functionDefaults, config, httpApi } = props;
    const service = new ServiceFunction(this, 'account-setup', functionDefaults, {
      description: 'Sets up the webhooks and the recording push of the 8x8 account, and looks after them.',
      timeout: Duration.minutes(5),
      memoryMb: 256,
      environment: {},
    });
    this.handler = service.lambda;
    props.webhookSecret.grantAuthenticate(service);
    props.recordingUploadUser?.grantReadKey(service);
    grantReadApiKey(service, config.eightByEight);
    Grant.addToPrincipal({
      grantee: service,
      actions: ['ssm:GetParameter', 'ssm:PutParameter', 'ssm:DeleteParameter'],
      resourceArns: [
        Stack.of(this).formatArn({
          service: 'ssm',
          resource: 'parameter',
          resourceName: tracesParameterOf(config).slice(1),
        }),
      ],
    });

    const properties = propertiesOf(props);
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::EightByEightAccount',
      serviceToken: this.#provider(functionDefaults, service.lambda).serviceToken,
      properties,
    });
    pinLogicalId(resource, 'EightByEightAccount');
    // 8x8 begins to deliver at once: what it delivers to has to be there, and has to go after it was told to stop.
    resource.node.addDependency(httpApi, service);
    this.status = resource.getAttString('Status');
    this.summary = resource.getAttString('Summary');

    if (config.eightByEight.apiKeySecretName !== undefined) {
      new Rule(this, 'DriftCheck', {
        description: 'Looks whether the 8x8 account still delivers to this stack.',
        schedule: Schedule.rate(DRIFT_CHECK_INTERVAL),
        targets: [
          new LambdaFunction(service.lambda, {
            event: RuleTargetInput.fromObject({ DriftCheck: properties }),
            retryAttempts: 2,
          }),
        ],
      });
    }
  }

  /** The Lambda of the CDK's that speaks CloudFormation's protocol in front of ours. */
  #provider(functionDefaults: FunctionDefaults, onEventHandler: IFunction): Provider {
    const logGroup = new LogGroup(this, 'ProviderLogs', {
      retention: functionDefaults.operations.retentionDays.logs,
      removalPolicy: removalPolicyOf(functionDefaults.operations),
    });
    const role = new Role(this, 'ProviderRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::<AccountSetupFunction.Arn>:*]',
      reason: "The CDK's provider may invoke any version of the one function that it stands in front of.",
    });
    const provider = new Provider(this, 'Provider', {
      onEventHandler,
      logGroup,
      frameworkOnEventRole: role,
    });
    Validations.of(provider).acknowledge({
      id: 'AwsSolutions-L1',
      reason: 'The runtime of this Lambda is chosen by the CDK, together with its code.',
    });
    return provider;
  }
}

/**
 * Where is remembered what was registered at 8x8. It is no resource of the stack: a first deployment that fails takes
 * those away, and with them what its second try has to know.
 */
const tracesParameterOf = ({ stage }: DeploymentConfig): string => `/number-masking/${stage}/8x8-account`;

/** What the custom resource and the drift check are told, so that both speak of the same account. */
function propertiesOf(props: AccountSetupProps) {
  const { config, httpApi, webhookSecret, recordingsBucket, recordingUploadUser } = props;
  const { apiKeySecretName, subAccountId, baseUrl, takeOver, webhookAuthorizationRevision } =
    config.eightByEight;
  const { prefix, pathTemplate } = config.recordings;
  return {
    ApiKeySecretName: apiKeySecretName ?? '',
    SubAccountId: subAccountId ?? '',
    BaseUrl: baseUrl,
    WebhookSecretArn: webhookSecret.arn,
    TracesParameter: tracesParameterOf(config),
    WebhookUrls: Object.fromEntries(
      [...props.webhooks].map((name) => [webhookTypes[name], httpApi.webhookUrl(name)]),
    ),
    ...(recordingUploadUser !== undefined && {
      RecordingPush: {
        Region: recordingsBucket.region,
        Bucket: recordingsBucket.bucketName,
        Prefix: prefix,
        PathTemplate: pathTemplate,
        UploadKeySecretArn: recordingUploadUser.secretArn,
      },
    }),
    VoiceProfiles: voiceProfilesOf(config.callers.messages),
    TakeOver: String(takeOver),
    WebhookAuthorizationRevision: webhookAuthorizationRevision ?? '',
  };
}
