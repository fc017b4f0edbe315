import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import type { BookingsTable } from './bookings-table.ts';
import { eightByEightEnvironment, grantReadApiKey } from './eight-by-eight-access.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';

interface NumberSyncProps {
  readonly functionDefaults: FunctionDefaults;
  readonly config: Pick<DeploymentConfig, 'eightByEight'>;
  readonly bookings: BookingsTable;
}

/** Takes over the virtual numbers and their state from 8x8 every night: what a lost VNU said is known by morning. */
export class NumberSync extends Construct {
  readonly handler: IFunction;

  constructor(scope: Construct, { functionDefaults, config, bookings }: NumberSyncProps) {
    super(scope, 'NumberSync');
    const service = new ServiceFunction(this, 'number-sync', functionDefaults, {
      description: 'Takes over the virtual numbers and their state from 8x8.',
      timeout: Duration.minutes(5),
      environment: { BOOKINGS_TABLE: bookings.tableName, ...eightByEightEnvironment(config.eightByEight) },
    });
    bookings.grantManageBookings(service);
    grantReadApiKey(service, config.eightByEight);
    new Rule(this, 'Nightly', {
      description: 'Takes over the virtual numbers from 8x8.',
      schedule: Schedule.cron({ hour: '18', minute: '30' }),
      targets: [new LambdaFunction(service.lambda, { retryAttempts: 2 })],
    });
    this.handler = service.lambda;
  }
}
