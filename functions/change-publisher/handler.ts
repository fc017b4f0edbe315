import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { storedChangeOf } from '../shared/adapters/dynamodb/calls/stored-change.ts';
import { logFailures } from '../shared/observability/log-failures.ts';
import type { Logger } from '../shared/observability/logger.ts';
import { metricNames } from '../shared/observability/metric-names.ts';
import type { EventBus } from '../shared/ports/event-bus.ts';
import { type EventOptions, eventsOf, type ServiceEvent } from '../shared/use-cases/service-events.ts';

export interface ChangePublisherDependencies {
  readonly bus: EventBus<ServiceEvent>;
  readonly options: EventOptions;
  readonly logger: Logger;
}

interface Told {
  readonly sequenceNumber: string;
  readonly events: readonly ServiceEvent[];
}

/**
 * Tells other systems what was written to the tables. It answers with the first record that could not be told, and
 * gets the batch again from there on: events keep their order, and one told twice has the same id.
 */
export function createChangePublisher({ bus, options, logger }: ChangePublisherDependencies) {
  /** The records up to the first that cannot be read, which then is the one to stop at. */
  function read(records: readonly DynamoDBRecord[]): { told: Told[]; stoppedAt: string | undefined } {
    const told: Told[] = [];
    for (const record of records) {
      const sequenceNumber = record.dynamodb?.SequenceNumber ?? '';
      try {
        const change = storedChangeOf(record);
        if (change !== undefined) told.push({ sequenceNumber, events: eventsOf(change, options) });
      } catch (error) {
        logger.error('CHANGE_UNREADABLE', error, { eventId: record.eventID });
        return { told, stoppedAt: sequenceNumber };
      }
    }
    return { told, stoppedAt: undefined };
  }

  return logFailures(
    logger,
    'CHANGES_NOT_PUBLISHED',
    async ({ Records: records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
      const { told, stoppedAt } = read(records);
      const events = told.flatMap((one) => one.events);
      const refused = new Set(await bus.publish(events));
      logger.info('CHANGES_PUBLISHED', { count: events.length - refused.size }, [
        { name: metricNames.eventsPublished, value: events.length - refused.size, unit: 'Count' },
      ]);
      const untold = told.find((one) => one.events.some((event) => refused.has(event)))?.sequenceNumber;
      const first = untold ?? stoppedAt;
      return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first }] };
    },
  );
}
