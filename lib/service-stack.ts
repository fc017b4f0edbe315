import { Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from './configuration/deployment-config.ts';
import { AccountSetup } from './constructs/account-setup.ts';
import { BookingApi } from './constructs/booking-api.ts';
import { BookingFollower } from './constructs/booking-follower.ts';
import { BookingsTable } from './constructs/bookings-table.ts';
import { CallAction } from './constructs/call-action.ts';
import { CallDecisions } from './constructs/call-decisions.ts';
import { CallEvents } from './constructs/call-events.ts';
import { CallRoutesTable } from './constructs/call-routes-table.ts';
import { CallsTable } from './constructs/calls-table.ts';
import { ConversationsTable } from './constructs/conversations-table.ts';
import { DeletionProtection } from './constructs/deletion-protection.ts';
import { Events } from './constructs/events.ts';
import { HttpApi } from './constructs/http-api.ts';
import { NumberSync } from './constructs/number-sync.ts';
import { addOutputs } from './constructs/outputs.ts';
import { OwnKey } from './constructs/own-key.ts';
import { RecordingReconciler } from './constructs/recording-reconciler.ts';
import { RecordingUploadUser } from './constructs/recording-upload-user.ts';
import { RecordingsBucket } from './constructs/recordings-bucket.ts';
import type { CodeSource } from './constructs/service-function.ts';
import { Alarms } from './constructs/watching/alarms.ts';
import { addDashboard } from './constructs/watching/dashboard.ts';
import { addServiceAlarms } from './constructs/watching/service-alarms.ts';
import { WebhookQueues } from './constructs/webhook-queues.ts';
import { WebhookSecret } from './constructs/webhook-secret.ts';
import type { WebhookName } from './routes.ts';
import { stackNameOf } from './stack-name.ts';

interface ServiceStackProps {
  readonly config: DeploymentConfig;
  /** Gives the code of each function, so that a test needs no bundles. */
  readonly codeFor: CodeSource;
}

/** Everything that is deployed, in the order in which a call meets it. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, { config, codeFor }: ServiceStackProps) {
    super(scope, stackNameOf(config.stage), {
      description: `Number masking for 8x8 Voice, stage ${config.stage}.`,
      terminationProtection: config.operations.terminationProtection,
    });
    const { eightByEight, operations, recordings, api } = config;
    const functionDefaults = { codeFor, operations };

    const ownKey = operations.ownKey ? new OwnKey(this, operations) : undefined;
    const callRoutes = new CallRoutesTable(this, operations);
    const bookings = new BookingsTable(this, operations);
    const calls = new CallsTable(this, operations);
    const conversations = new ConversationsTable(this, operations);
    if (config.stage !== 'local') {
      new DeletionProtection(this, { operations, tables: [callRoutes, bookings, calls, conversations] });
    }
    const recordingsBucket = new RecordingsBucket(this, {
      recordings,
      operations,
      ownKey: ownKey?.key,
      isLocal: config.stage === 'local',
    });
    const webhookSecret = new WebhookSecret(this, operations);
    const queues = new WebhookQueues(this);
    const parts = {
      conversations,
      functionDefaults,
      config,
      callRoutes,
      bookings,
      calls,
      recordingsBucket,
      webhookSecret,
      queues,
    };

    const callAction = new CallAction(this, parts);
    const callDecisions = new CallDecisions(this, { ...parts, callActionLogs: callAction.logGroup });
    const callEvents = new CallEvents(this, parts);
    const bookingApi = new BookingApi(this, parts);

    const bookingFollower = new BookingFollower(this, parts);
    const events = new Events(this, parts);

    const webhooks = new Map<WebhookName, IFunction>([
      ['call-action', callAction.handler],
      ...callEvents.handlers,
    ]);
    const httpApi = new HttpApi(this, { api, operations, webhooks, bookingApi: bookingApi.handler });

    const recordingUploadUser = recordings.enabled
      ? new RecordingUploadUser(this, recordingsBucket)
      : undefined;
    const account = { ...parts, httpApi, recordingUploadUser };
    const accountSetup = new AccountSetup(this, { ...account, webhooks: webhooks.keys() });
    const hasKey = eightByEight.apiKeySecretName !== undefined;
    const numberSync = hasKey ? new NumberSync(this, parts) : undefined;
    const recordingReconciler =
      hasKey && recordings.enabled ? new RecordingReconciler(this, parts) : undefined;

    const watched = {
      callAction: callAction.handler,
      api: httpApi.gateway,
      webhookRetries: queues.retry,
      webhookDeadLetters: queues.deadLetters,
      decisionDeadLetters: callDecisions.deadLetters,
      quarantine: queues.quarantine,
      events,
      bookingFollower,
      deadlineMs: config.callers.deadlineMs,
      moneyPerHour: config.misuse.moneyPerHour,
      accountSetup: accountSetup.handler,
      numberSync: numberSync?.handler,
      recordingReconciler: recordingReconciler?.handler,
    };
    const alarms = new Alarms(this, operations);
    addServiceAlarms(alarms, watched);
    addDashboard(this, { ...watched, alarms: alarms.all });
    ownKey?.encrypt();
    addOutputs(this, { ...account, eightByEight, accountSetup, webhooks: webhooks.keys() });
  }
}
