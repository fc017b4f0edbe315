import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import type { BookingsTable } from './bookings-table.ts';
import type { CallsTable } from './calls-table.ts';
import { eightByEightEnvironment, grantReadApiKey } from './eight-by-eight-access.ts';
import type { RecordingsBucket } from './recordings-bucket.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';

/** How often recordings are looked for that should have come. */
export const RECONCILIATION_INTERVAL = Duration.minutes(15);

interface RecordingReconcilerProps {
  readonly functionDefaults: FunctionDefaults;
  readonly config: Pick<DeploymentConfig, 'eightByEight' | 'operations' | 'recordings'>;
  readonly bookings: BookingsTable;
  readonly calls: CallsTable;
  readonly recordingsBucket: RecordingsBucket;
}

/** Looks for recordings that were not reported, or not found when they were. */
export class RecordingReconciler extends Construct {
  readonly handler: IFunction;

  constructor(scope: Construct, props: RecordingReconcilerProps) {
    super(scope, 'RecordingReconciliation');
    const { functionDefaults, config, bookings, calls, recordingsBucket } = props;
    const service = new ServiceFunction(this, 'recording-reconciler', functionDefaults, {
      description: 'Looks for recordings that should be in the bucket and were not seen there.',
      timeout: Duration.minutes(10),
      environment: {
        BOOKINGS_TABLE: bookings.tableName,
        CALLS_TABLE: calls.tableName,
        CALL_RETENTION_DAYS: String(config.operations.retentionDays.calls),
        RECORDINGS_BUCKET: recordingsBucket.bucketName,
        RECORDINGS_PREFIX: config.recordings.prefix,
        ...eightByEightEnvironment(config.eightByEight),
      },
    });
    calls.grantReadCalls(service);
    calls.grantRecordCalls(service);
    bookings.grantFindBookings(service);
    recordingsBucket.grantFindRecordings(service);
    grantReadApiKey(service, config.eightByEight);
    new Rule(this, 'Schedule', {
      description: 'Looks for recordings that have not arrived.',
      schedule: Schedule.rate(RECONCILIATION_INTERVAL),
      targets: [new LambdaFunction(service.lambda, { retryAttempts: 0 })],
    });
    this.handler = service.lambda;
  }
}
