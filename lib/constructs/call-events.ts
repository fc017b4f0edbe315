import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import type { WebhookName } from '../routes.ts';
import type { BookingsTable } from './bookings-table.ts';
import type { CallsTable } from './calls-table.ts';
import type { RecordingsBucket } from './recordings-bucket.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import type { WebhookQueues } from './webhook-queues.ts';
import type { WebhookSecret } from './webhook-secret.ts';

/** Long enough for a store that answers late; then the event goes to the retry queue. */
const WEBHOOK_TIMEOUT = Duration.seconds(10);

/** Shorter than the time for which the queue hides a message that is being worked on. */
const RETRY_TIMEOUT = Duration.seconds(30);

interface CallEventsProps {
  readonly functionDefaults: FunctionDefaults;
  readonly config: Pick<DeploymentConfig, 'eightByEight' | 'operations' | 'recordings'>;
  readonly bookings: BookingsTable;
  readonly calls: CallsTable;
  readonly recordingsBucket: RecordingsBucket;
  readonly webhookSecret: WebhookSecret;
  readonly queues: WebhookQueues;
}

/**
 * The webhooks that 8x8 only wants acknowledged (VCS, VSS, VRU, VNU), and the function that replays what they
 * could not store.
 */
export class CallEvents extends Construct {
  /** The function of each webhook that this configuration has. */
  readonly handlers: ReadonlyMap<WebhookName, IFunction>;
  readonly #props: CallEventsProps;

  constructor(scope: Construct, props: CallEventsProps) {
    super(scope, 'CallEvents');
    this.#props = props;
    this.handlers = new Map<WebhookName, IFunction>([
      ['call-status', this.#callStatus()],
      ['session-summary', this.#sessionSummary()],
      ...(props.config.recordings.enabled
        ? [['recording-uploaded', this.#recordingUploaded()] as const]
        : []),
      ['number-updated', this.#numberUpdated()],
    ]);
    this.#webhookRetry();
  }

  #callStatus(): IFunction {
    const service = new ServiceFunction(this, 'call-status', this.#props.functionDefaults, {
      description: 'VCS: keeps how far a leg of a call has got.',
      timeout: WEBHOOK_TIMEOUT,
      environment: { ...this.#webhookEnvironment(), ...this.#callRecordEnvironment() },
    });
    this.#grantWebhook(service);
    this.#grantCallRecord(service);
    return service.lambda;
  }

  #sessionSummary(): IFunction {
    const service = new ServiceFunction(this, 'session-summary', this.#props.functionDefaults, {
      description: 'VSS: closes a session with what 8x8 says about it.',
      timeout: WEBHOOK_TIMEOUT,
      environment: {
        ...this.#webhookEnvironment(),
        ...this.#callRecordEnvironment(),
        CALL_PRICES: JSON.stringify(this.#props.config.eightByEight.prices ?? null),
      },
    });
    this.#grantWebhook(service);
    this.#grantCallRecord(service);
    return service.lambda;
  }

  #recordingUploaded(): IFunction {
    const service = new ServiceFunction(this, 'recording-uploaded', this.#props.functionDefaults, {
      description: 'VRU: checks that a recording has arrived and attaches it to its session.',
      timeout: WEBHOOK_TIMEOUT,
      environment: {
        ...this.#webhookEnvironment(),
        ...this.#callRecordEnvironment(),
        ...this.#recordingsEnvironment(),
      },
    });
    this.#grantWebhook(service);
    this.#grantCallRecord(service);
    this.#props.recordingsBucket.grantFindRecordings(service);
    return service.lambda;
  }

  #numberUpdated(): IFunction {
    const { functionDefaults, bookings } = this.#props;
    const service = new ServiceFunction(this, 'number-updated', functionDefaults, {
      description: 'VNU: takes over the state of a virtual number.',
      timeout: WEBHOOK_TIMEOUT,
      environment: { ...this.#webhookEnvironment(), BOOKINGS_TABLE: bookings.tableName },
    });
    this.#grantWebhook(service);
    bookings.grantChangeNumbers(service);
    return service.lambda;
  }

  #webhookRetry(): void {
    const { functionDefaults, queues, bookings, recordingsBucket } = this.#props;
    const service = new ServiceFunction(this, 'webhook-retry', functionDefaults, {
      description: 'Replays webhooks that could not be stored when they came in.',
      timeout: RETRY_TIMEOUT,
      environment: {
        ...this.#callRecordEnvironment(),
        ...this.#recordingsEnvironment(),
        RETRY_QUEUE_URL: queues.retry.queueUrl,
        QUARANTINE_QUEUE_URL: queues.quarantine.queueUrl,
      },
    });
    this.#grantCallRecord(service);
    bookings.grantChangeNumbers(service);
    recordingsBucket.grantFindRecordings(service);
    queues.grantQuarantine(service);
    queues.grantReplay(service);
    service.lambda.addEventSourceMapping('Replay', {
      eventSourceArn: queues.retry.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
  }

  #webhookEnvironment() {
    const { config, queues, webhookSecret } = this.#props;
    return {
      WEBHOOK_SECRET_ARN: webhookSecret.arn,
      ALLOWED_SOURCE_IPS: config.eightByEight.allowedSourceIps.join(','),
      EIGHT_BY_EIGHT_SUB_ACCOUNT: config.eightByEight.subAccountId ?? '',
      RETRY_QUEUE_URL: queues.retry.queueUrl,
      QUARANTINE_QUEUE_URL: queues.quarantine.queueUrl,
    };
  }

  #callRecordEnvironment() {
    const { config, bookings, calls } = this.#props;
    return {
      BOOKINGS_TABLE: bookings.tableName,
      CALLS_TABLE: calls.tableName,
      CALL_RETENTION_DAYS: String(config.operations.retentionDays.calls),
    };
  }

  #recordingsEnvironment() {
    return {
      RECORDINGS_BUCKET: this.#props.recordingsBucket.bucketName,
      RECORDINGS_PREFIX: this.#props.config.recordings.prefix,
    };
  }

  #grantWebhook(service: ServiceFunction): void {
    const { queues, webhookSecret } = this.#props;
    webhookSecret.grantAuthenticate(service);
    queues.grantKeepForRetry(service);
    queues.grantQuarantine(service);
  }

  #grantCallRecord(service: ServiceFunction): void {
    this.#props.calls.grantRecordCalls(service);
    this.#props.bookings.grantFindBookings(service);
  }
}
