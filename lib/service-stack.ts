import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { BookingApi } from './constructs/booking-api.ts';
import { BookingsTable } from './constructs/bookings-table.ts';
import { CallAction } from './constructs/call-action.ts';
import { CallDecisions } from './constructs/call-decisions.ts';
import { CallEvents } from './constructs/call-events.ts';
import { CallRoutesTable } from './constructs/call-routes-table.ts';
import { CallsTable } from './constructs/calls-table.ts';
import { HttpApi } from './constructs/http-api.ts';
import { RecordingsBucket } from './constructs/recordings-bucket.ts';
import type { CodeSource } from './constructs/service-function.ts';
import { WebhookQueues } from './constructs/webhook-queues.ts';
import { WebhookSecret } from './constructs/webhook-secret.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import type { WebhookName } from './routes.ts';

interface ServiceStackProps extends StackProps {
  readonly config: DeploymentConfig;
  readonly codeFor: CodeSource;
}

/** Everything that is deployed, in the order of the way of a call. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, { config, codeFor, ...props }: ServiceStackProps) {
    super(scope, id, props);
    const { operations, recordings, api } = config;
    const house = { codeFor, operations };

    const callRoutes = new CallRoutesTable(this, operations);
    const bookings = new BookingsTable(this, operations);
    const calls = new CallsTable(this, operations);
    const recordingsBucket = new RecordingsBucket(this, { recordings, operations });
    const webhookSecret = new WebhookSecret(this, operations);
    const queues = new WebhookQueues(this);
    const parts = { house, config, callRoutes, bookings, calls, recordingsBucket, webhookSecret, queues };

    const callAction = new CallAction(this, parts);
    new CallDecisions(this, { ...parts, callActionLogs: callAction.logGroup });
    const callEvents = new CallEvents(this, parts);
    const bookingApi = new BookingApi(this, parts);

    const webhooks = new Map<WebhookName, IFunction>([
      ['call-action', callAction.handler],
      ...callEvents.handlers,
    ]);
    new HttpApi(this, { api, operations, webhooks, bookingApi: bookingApi.handler });
  }
}
