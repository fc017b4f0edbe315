import { Duration } from 'aws-cdk-lib';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import type { CallRoutesTable } from './call-routes-table.ts';
import { asFunctionInterface } from './cdk-interfaces.ts';
import type { ConversationsTable } from './conversations-table.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import type { WebhookQueues } from './webhook-queues.ts';
import type { WebhookSecret } from './webhook-secret.ts';

/** What Lambda may take beyond the caller's deadline before it cuts in: the function answers long before. */
const BEYOND_DEADLINE_SECONDS = 2;

interface CallActionProps {
  readonly functionDefaults: FunctionDefaults;
  readonly config: Pick<
    DeploymentConfig,
    'callAction' | 'callers' | 'eightByEight' | 'misuse' | 'recordings'
  >;
  readonly callRoutes: CallRoutesTable;
  readonly conversations: ConversationsTable;
  readonly webhookSecret: WebhookSecret;
  readonly queues: WebhookQueues;
}

/**
 * The function that a caller waits for. It may read single items of two tables and one secret, and put a body that
 * nobody expected aside; what happens to a call is kept by others, from its log.
 */
export class CallAction extends Construct {
  /** What the API calls: the function, or the alias whose environments are kept warm. */
  readonly handler: IFunction;
  readonly logGroup: LogGroup;

  constructor(
    scope: Construct,
    { functionDefaults, config, callRoutes, conversations, webhookSecret, queues }: CallActionProps,
  ) {
    super(scope, 'CallActionWebhook');
    const { callAction, callers, eightByEight, misuse, recordings } = config;
    const service = new ServiceFunction(this, 'call-action', functionDefaults, {
      description: 'VCA: tells 8x8 what to do with a call that has come in.',
      memoryMb: callAction.memoryMb,
      timeout: Duration.seconds(Math.ceil(callers.deadlineMs / 1000) + BEYOND_DEADLINE_SECONDS),
      readableStacks: false,
      reservedConcurrency: callAction.reservedConcurrency,
      environment: {
        CALL_ROUTES_TABLE: callRoutes.tableName,
        CONVERSATIONS_TABLE: conversations.tableName,
        STRANGERS: JSON.stringify(callers.strangers),
        WEBHOOK_SECRET_ARN: webhookSecret.arn,
        ALLOWED_SOURCE_IPS: eightByEight.allowedSourceIps.join(','),
        CALL_DEADLINE_MS: String(callers.deadlineMs),
        NUMBER_FORMAT: eightByEight.numberFormat,
        EIGHT_BY_EIGHT_SUB_ACCOUNT: eightByEight.subAccountId ?? '',
        RECORD_CALLS: String(recordings.enabled),
        STRANGER_TRIES: String(misuse.strangerTries),
        STRANGER_REST_SECONDS: String(misuse.strangerRestSeconds),
        CALLER_MESSAGES: JSON.stringify(callers.messages),
        QUARANTINE_QUEUE_URL: queues.quarantine.queueUrl,
      },
    });
    callRoutes.grantRouteCalls(service);
    conversations.grantConverse(service);
    webhookSecret.grantAuthenticate(service);
    queues.grantQuarantine(service);
    this.logGroup = service.logGroup;
    this.handler = asFunctionInterface(this.#live(service.lambda, callAction.provisionedConcurrency));
  }

  /** The function itself, or an alias whose warm environments follow the load. */
  #live(lambda: LambdaFunction, warm: DeploymentConfig['callAction']['provisionedConcurrency']) {
    if (warm === undefined) return lambda;
    const live = lambda.addAlias('live', { provisionedConcurrentExecutions: warm.min });
    live
      .addAutoScaling({ minCapacity: warm.min, maxCapacity: warm.max })
      .scaleOnUtilization({ utilizationTarget: warm.targetUtilization });
    return live;
  }
}
