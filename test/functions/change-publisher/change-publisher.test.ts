import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { createChangePublisher } from '../../../functions/change-publisher/handler.ts';
import {
  bookingAttributes,
  poolNumberAttributes,
} from '../../../functions/shared/adapters/dynamodb/bookings/rows.ts';
import { nameOf, packInput } from '../../../functions/shared/adapters/dynamodb/calls/calls-table-rows.ts';
import { createEventBus } from '../../../functions/shared/adapters/event-bus.ts';
import type { Booking } from '../../../functions/shared/domain/booking.ts';
import { createLogger } from '../../../functions/shared/observability/logger.ts';
import type { EventBus } from '../../../functions/shared/ports/event-bus.ts';
import type { ServiceEvent } from '../../../functions/shared/use-cases/service-events.ts';
import { NOON_MS, person, virtualNumber } from '../../support/bookings.ts';
import { startJsonServer } from '../../support/json-server.ts';
import { answeredCall } from '../../support/session-inputs.ts';

const booking = (n: number): Booking => ({
  bookingId: `booking-${n}`,
  storedStatus: 'active',
  numbering: 'shared',
  direction: 'both',
  parties: [
    { phoneNumbers: [person(1)], virtualNumber: virtualNumber(1) },
    { phoneNumbers: [person(2)], virtualNumber: virtualNumber(1) },
  ],
  recordCalls: false,
  limits: {},
  createdAtMs: NOON_MS,
  expiresAtMs: NOON_MS + 1000,
  coolDownSeconds: 0,
  version: 1,
});

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];
const imageOf = (row: Record<string, unknown>): Image =>
  marshall(row, { removeUndefinedValues: true }) as Image;

function inserted(
  position: number,
  keys: Record<string, string>,
  row: Record<string, unknown>,
): DynamoDBRecord {
  return {
    eventID: `record-${position}`,
    eventName: 'INSERT',
    dynamodb: {
      Keys: imageOf(keys) ?? {},
      NewImage: imageOf({ ...keys, ...row }) ?? {},
      SequenceNumber: String(position),
      ApproximateCreationDateTime: NOON_MS / 1000,
    },
  };
}

const bookingRecord = (n: number): DynamoDBRecord =>
  inserted(n, { pk: `BOOKING#booking-${n}`, sk: 'BOOKING' }, bookingAttributes(booking(n)));

const sessionRow = () =>
  Object.fromEntries(answeredCall().map((input) => [nameOf(input), packInput(input, NOON_MS)]));

/** A bus that remembers, and takes nothing about the bookings named. */
function busRefusing(...bookingIds: string[]): EventBus<ServiceEvent> & { readonly taken: ServiceEvent[] } {
  const taken: ServiceEvent[] = [];
  return {
    taken,
    async publish(events) {
      const isRefused = ({ subject }: ServiceEvent) => bookingIds.includes(subject.replace('booking/', ''));
      taken.push(...events.filter((event) => !isRefused(event)));
      return events.filter(isRefused);
    },
  };
}

function publisher(bus: EventBus<ServiceEvent>, lines: string[] = []) {
  const logger = createLogger('change-publisher', (line) => lines.push(line));
  return createChangePublisher({ bus, options: { includePhoneNumbers: false }, logger });
}

describe('the change publisher', () => {
  test('tells of bookings, calls, recordings and numbers in their order, and of nothing else', async () => {
    const bus = busRefusing();

    const answer = await publisher(bus)({
      Records: [
        bookingRecord(1),
        inserted(2, { pk: `PHONE#${person(1).reveal()}`, sk: 'HOLDINGS' }, { some: 'holding' }),
        inserted(3, { sessionId: 's-1', item: 'SESSION' }, sessionRow()),
        inserted(4, { sessionId: 's-1', item: 'EVENT#late' }, { 'EVENT#late': [NOON_MS, 'r'] }),
        inserted(
          5,
          { pk: 'NUMBERS', sk: virtualNumber(1).reveal() },
          poolNumberAttributes({
            virtualNumber: virtualNumber(1),
            country: 'SG',
            state: 'unhealthy',
            addedAtMs: NOON_MS,
            updatedAtMs: NOON_MS,
          }),
        ),
      ],
    });

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(bus.taken.map(({ type }) => type)).toEqual([
      'booking.created',
      'call.answered',
      'session.completed',
      'recording.available',
      'number.unhealthy',
    ]);
  });

  test('asks for the batch again from the first record that the bus did not take', async () => {
    const bus = busRefusing('booking-2');

    const answer = await publisher(bus)({ Records: [bookingRecord(1), bookingRecord(2), bookingRecord(3)] });

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(bus.taken.map(({ subject }) => subject)).toEqual(['booking/booking-1', 'booking/booking-3']);
  });

  test('stops at a row that it cannot read, says so without its content, and tells what came before', async () => {
    const bus = busRefusing();
    const lines: string[] = [];
    const broken = inserted(2, { pk: 'BOOKING#x', sk: 'BOOKING' }, { parties: person(1).reveal() });

    const answer = await publisher(bus, lines)({ Records: [bookingRecord(1), broken, bookingRecord(3)] });

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(bus.taken).toHaveLength(1);
    expect(lines.join()).toContain('CHANGE_UNREADABLE');
    expect(lines.join()).not.toContain(person(1).revealDigits());
  });
});

describe('the bus', () => {
  const events = Array.from(
    { length: 23 },
    (_, n): ServiceEvent => ({
      specversion: '1.0',
      id: `event-${n}`,
      source: 'number-masking',
      type: 'number.removed',
      subject: `number/${n}`,
      time: '2026-11-21T12:00:00.000Z',
      datacontenttype: 'application/json',
      sequence: '0000000000000001',
      schemaversion: 2,
      data: { country: 'SG', state: 'removed', endsWith: '0001' },
    }),
  );

  async function publishTo(
    answer: (ids: string[], call: number) => unknown,
    told: readonly ServiceEvent[] = events,
  ) {
    const requests: string[][] = [];
    const pauses: number[] = [];
    const server = await startJsonServer((body) => {
      const { Entries } = body as { Entries: { Detail: string }[] };
      const ids = Entries.map(({ Detail }) => JSON.parse(Detail).id as string);
      requests.push(ids);
      return answer(ids, requests.length);
    });
    const client = new EventBridgeClient({
      endpoint: server.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
    try {
      const bus = createEventBus({ client, busName: 'bus', pause: async (ms) => pauses.push(ms) });
      return { refused: await bus.publish(told), requests, pauses };
    } finally {
      client.destroy();
      await server.stop();
    }
  }

  const taken = (ids: string[]) => ({ Entries: ids.map((EventId) => ({ EventId })), FailedEntryCount: 0 });

  test('takes ten events a request', async () => {
    const { refused, requests } = await publishTo(taken);

    expect(refused).toEqual([]);
    expect(requests.map((ids) => ids.length)).toEqual([10, 10, 3]);
  });

  test('is given again what it left out, and nothing else, after a wait', async () => {
    const { refused, requests, pauses } = await publishTo((ids, call) =>
      call === 1
        ? {
            Entries: ids.map((EventId, at) =>
              at === 4 ? { ErrorCode: 'ThrottlingException' } : { EventId },
            ),
          }
        : taken(ids),
    );

    expect(refused).toEqual([]);
    expect(requests[1]).toEqual(['event-4']);
    expect(pauses).toEqual([100]);
  });

  test('says what it never took', async () => {
    const { refused, pauses } = await publishTo((ids) => ({
      Entries: ids.map((EventId) =>
        EventId === 'event-21' ? { ErrorCode: 'InternalFailure' } : { EventId },
      ),
    }));

    expect(refused.map(({ id }) => id)).toEqual(['event-21']);
    expect(pauses).toEqual([100, 200, 400]);
  });

  /** The n-th event of a subject, which may belong to a booking. */
  const eventOf = (subject: string, n: number, bookingId?: string): ServiceEvent => ({
    specversion: '1.0',
    id: `${subject} ${n}`,
    source: 'number-masking',
    type: 'session.completed',
    subject,
    time: '2026-11-21T12:00:00.000Z',
    datacontenttype: 'application/json',
    sequence: '0000000000000001',
    schemaversion: 2,
    data: {
      sessionId: subject,
      status: 'COMPLETED',
      outcome: 'answered',
      reachedCallee: true,
      ...(bookingId !== undefined && { bookingId }),
    },
  });

  test('lets nothing of a booking or call overtake what it did not take', async () => {
    const told = [
      eventOf('session/1', 1, 'b'),
      eventOf('session/2', 1, 'other'),
      eventOf('session/1', 2, 'b'),
      eventOf('session/3', 1, 'b'),
      eventOf('session/3', 2),
      eventOf('session/4', 1),
    ];

    const { refused, requests } = await publishTo(
      (ids) => ({
        Entries: ids.map((EventId) =>
          EventId === 'session/1 1' ? { ErrorCode: 'InternalFailure' } : { EventId },
        ),
      }),
      told,
    );

    expect(refused.map(({ id }) => id)).toEqual(['session/1 1', 'session/1 2', 'session/3 1', 'session/3 2']);
    expect(requests[0]).toEqual(['session/1 1', 'session/2 1', 'session/4 1']);
    expect(new Set(requests.slice(1).flat())).toEqual(new Set(['session/1 1']));
  });

  test('is given the events of one call one request after the other, in their order', async () => {
    const told = [1, 2, 3].map((n) => eventOf('session/1', n));

    const { requests } = await publishTo(taken, told);

    expect(requests).toEqual([['session/1 1'], ['session/1 2'], ['session/1 3']]);
  });
});
