import { Duration, Validations } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { pinLogicalId } from './logical-id.ts';
import { removalPolicyOf } from './removal.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { createDeadLetterQueue } from './webhook-queues.ts';

/** With the waits of the function between them, about four hours. */
const MOST_TRIES = 20;
/** Longer than the function may take. */
const HIDDEN_WHILE_SENT = Duration.seconds(60);
const SECRET_LENGTH = 64;

interface EventWebhookProps {
  readonly functionDefaults: FunctionDefaults;
  readonly webhookUrl: string;
  readonly operations: DeploymentConfig['operations'];
}

/** Hands events to the company's own HTTPS endpoint: signed, repeated with growing waits, and never dropped. */
export class EventWebhook extends Construct {
  /** Events on their way to the endpoint. */
  readonly queue: Queue;
  /** Events that the endpoint did not take for hours. */
  readonly deadLetters: Queue;
  /** Events that the bus could not put into the queue for a day. */
  readonly undelivered: Queue;

  constructor(scope: Construct, { functionDefaults, webhookUrl, operations }: EventWebhookProps) {
    super(scope, 'WebhookDelivery');
    const secret = new Secret(this, 'Secret', {
      description: 'JSON with the secret by which the receiver of events checks their signature.',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'secret',
        excludePunctuation: true,
        passwordLength: SECRET_LENGTH,
      },
      removalPolicy: removalPolicyOf(operations),
    });
    pinLogicalId(secret, 'EventWebhookSecret');
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The receiver of events has to know the value as well. It is changed by hand: with "previousSecret" beside ' +
        'it, every event carries a signature of each.',
    });

    this.deadLetters = createDeadLetterQueue(this, 'EventWebhookDeadLetterQueue');
    this.undelivered = createDeadLetterQueue(this, 'EventRuleDeadLetterQueue');
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: HIDDEN_WHILE_SENT,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MOST_TRIES },
    });
    pinLogicalId(this.queue, 'EventWebhookQueue');

    const service = new ServiceFunction(this, 'event-webhook', functionDefaults, {
      description: "Hands events to the company's own endpoint, signed.",
      timeout: Duration.seconds(30),
      environment: {
        EVENT_WEBHOOK_URL: webhookUrl,
        EVENT_WEBHOOK_SECRET_ARN: secret.secretArn,
        EVENT_WEBHOOK_QUEUE_URL: this.queue.queueUrl,
      },
    });
    Grant.addToPrincipal({
      grantee: service,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [secret.secretArn],
    });
    this.queue.grant(
      service,
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ChangeMessageVisibility',
    );
    service.lambda.addEventSourceMapping('Deliver', {
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
  }
}
