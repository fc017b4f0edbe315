import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import type { BookingsTable } from './bookings-table.ts';
import type { CallRoutesTable } from './call-routes-table.ts';
import type { CallsTable } from './calls-table.ts';
import type { ConversationsTable } from './conversations-table.ts';
import { eightByEightEnvironment, grantReadApiKey } from './eight-by-eight-access.ts';
import { grantErasure } from './erasure.ts';
import type { RecordingsBucket } from './recordings-bucket.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';

interface BookingApiProps {
  readonly functionDefaults: FunctionDefaults;
  readonly config: Pick<
    DeploymentConfig,
    'api' | 'bookings' | 'eightByEight' | 'numbers' | 'operations' | 'recordings'
  >;
  readonly callRoutes: CallRoutesTable;
  readonly bookings: BookingsTable;
  readonly calls: CallsTable;
  readonly conversations: ConversationsTable;
  readonly recordingsBucket: RecordingsBucket;
}

/** The function behind every route that the company calls: bookings, numbers, sessions and recordings. */
export class BookingApi extends Construct {
  readonly handler: IFunction;

  constructor(scope: Construct, props: BookingApiProps) {
    super(scope, 'BookingService');
    const { functionDefaults, config, callRoutes, bookings, calls, conversations, recordingsBucket } = props;
    const service = new ServiceFunction(this, 'booking-api', functionDefaults, {
      description: 'The booking API: bookings, virtual numbers, sessions and recordings.',
      // Just under the 30 seconds for which the gateway waits.
      timeout: Duration.seconds(29),
      memoryMb: 1024,
      environment: {
        BOOKINGS_TABLE: bookings.tableName,
        CALL_ROUTES_TABLE: callRoutes.tableName,
        CALLS_TABLE: calls.tableName,
        CONVERSATIONS_TABLE: conversations.tableName,
        RECORDINGS_BUCKET: recordingsBucket.bucketName,
        RECORDINGS_PREFIX: config.recordings.prefix,
        DEFAULT_BOOKING_SECONDS: String(config.bookings.defaultSeconds),
        LONGEST_BOOKING_SECONDS: String(config.bookings.longestSeconds),
        COOL_DOWN_SECONDS: String(config.bookings.coolDownSeconds),
        LEAST_COOL_DOWN_SECONDS: String(config.bookings.leastCoolDownSeconds),
        DEFAULT_NUMBERING: config.bookings.numbering,
        STICKY_NUMBERS: String(config.bookings.sticky),
        DEFAULT_LIMITS: JSON.stringify(config.bookings.limits),
        RECORD_CALLS: String(config.recordings.enabled),
        NUMBER_RULES: JSON.stringify(config.numbers),
        BOOKING_RETENTION_DAYS: String(config.operations.retentionDays.bookings),
        CALL_RETENTION_DAYS: String(config.operations.retentionDays.calls),
        NUMBER_FORMAT: config.eightByEight.numberFormat,
        CALL_PRICES: JSON.stringify(config.eightByEight.prices ?? null),
        API_ACCESS: JSON.stringify(accessRulesOf(config.api.auth)),
        ...eightByEightEnvironment(config.eightByEight),
      },
    });
    bookings.grantManageBookings(service);
    callRoutes.grantManageRoutes(service);
    calls.grantReadCalls(service);
    calls.grantRecordCalls(service);
    conversations.grantManageConversations(service);
    grantReadApiKey(service, config.eightByEight);
    recordingsBucket.grantReadRecordings(service);
    grantErasure(service, props);
    this.handler = service.lambda;
  }
}

/** The words by which a token may do what; none where no token is asked for. */
function accessRulesOf(auth: DeploymentConfig['api']['auth']) {
  return typeof auth === 'string' ? null : auth.access;
}
