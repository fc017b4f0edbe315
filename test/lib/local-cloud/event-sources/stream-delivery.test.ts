import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, test } from 'vitest';
import { createStreamDelivery } from '../../../../lib/local-cloud/event-sources/stream-delivery.ts';
import type { LambdaService } from '../../../../lib/local-cloud/lambda/lambda-service.ts';
import type { InvocationOutcome } from '../../../../lib/local-cloud/lambda/runtime-api.ts';
import type { EventSourceMapping } from '../../../../lib/local-cloud/template/trigger-definitions.ts';

const mapping: EventSourceMapping = {
  logicalId: 'Changes',
  sourceArn: 'arn:aws:dynamodb:ap-southeast-1:000000000000:table/Calls/stream/local',
  functionName: 'publisher',
  batchSize: 100,
  reportsItemFailures: false,
  patterns: undefined,
  startsAtOldest: true,
  bisectsOnError: false,
  mostRetries: undefined,
  oldestRecordSeconds: undefined,
  failureQueueArn: 'arn:aws:sqs:ap-southeast-1:000000000000:lost',
};

/** Delivers records named by letters to a function that answers by its record names; tells what it was given. */
async function deliver(
  letters: string,
  answer: (batch: string, attempt: number) => 'ok' | 'error' | readonly string[],
  overrides: Partial<EventSourceMapping> = {},
) {
  const batches: string[] = [];
  const lost: string[] = [];
  const lambda: Pick<LambdaService, 'invoke'> = {
    async invoke(_, event): Promise<InvocationOutcome> {
      const batch = lettersOf(event);
      batches.push(batch);
      const result = answer(batch, batches.length);
      if (result === 'error') return { kind: 'failed', errorType: 'Error', errorMessage: 'as asked' };
      const failed = result === 'ok' ? [] : result;
      const batchItemFailures = failed.map((itemIdentifier) => ({ itemIdentifier }));
      return { kind: 'answered', payload: JSON.stringify({ batchItemFailures }) };
    },
  };
  const delivery = createStreamDelivery(
    { ...mapping, ...overrides },
    {
      lambda,
      sendToQueue: async (_, body) => {
        const { startSequenceNumber, endSequenceNumber } = JSON.parse(body).DDBStreamBatchInfo;
        lost.push(startSequenceNumber + endSequenceNumber);
      },
      firstRetryDelayMs: 0,
    },
  );
  await delivery([...letters].map(recordOf), 'shard', new AbortController().signal);
  return { batches, lost };
}

describe('the delivery of changes', () => {
  test('repeats a batch until its function takes it', async () => {
    const { batches } = await deliver('abc', (_, attempt) => (attempt < 4 ? 'error' : 'ok'));

    expect(batches).toEqual(['abc', 'abc', 'abc', 'abc']);
  });

  test('goes on from the first record that failed', async () => {
    const { batches } = await deliver('abcd', (batch) => (batch === 'abcd' ? ['c', 'd'] : 'ok'), {
      reportsItemFailures: true,
    });

    expect(batches).toEqual(['abcd', 'cd']);
  });

  test.each([
    ['an unknown record', ['z']],
    ['a record without a name', ['']],
  ])('takes an answer that names %s for a failure of all', async (_, failures) => {
    const { batches } = await deliver('ab', (__, attempt) => (attempt === 1 ? failures : 'ok'), {
      reportsItemFailures: true,
    });

    expect(batches).toEqual(['ab', 'ab']);
  });

  test('splits a batch that fails until the record is alone that makes it fail', async () => {
    const { batches, lost } = await deliver('abcd', (batch) => (batch.includes('c') ? 'error' : 'ok'), {
      bisectsOnError: true,
      mostRetries: 1,
    });

    expect(batches).toEqual(['abcd', 'ab', 'cd', 'c', 'c', 'd']);
    expect(lost).toEqual(['cc']);
  });

  test('gives a batch up after its repetitions, and tells where it was', async () => {
    const { batches, lost } = await deliver('ab', () => 'error', { mostRetries: 2 });

    expect(batches).toEqual(['ab', 'ab', 'ab']);
    expect(lost).toEqual(['ab']);
  });

  test('leaves out records that are too old', async () => {
    const { batches, lost } = await deliver('ab', () => 'ok', { oldestRecordSeconds: 60 });

    expect(batches).toEqual([]);
    expect(lost).toEqual(['ab']);
  });

  test('brings only records that fit a pattern', async () => {
    const { batches } = await deliver('abc', () => 'ok', {
      patterns: [{ dynamodb: { Keys: { id: { S: ['a', 'c'] } } } }],
    });

    expect(batches).toEqual(['ac']);
  });
});

function recordOf(letter: string): StreamRecord {
  return {
    eventName: 'INSERT',
    dynamodb: {
      Keys: { id: { S: letter } },
      SequenceNumber: letter,
      ApproximateCreationDateTime: new Date('2026-01-01T00:00:00Z'),
    },
  };
}

function lettersOf(event: unknown): string {
  const { Records } = JSON.parse(JSON.stringify(event));
  return Records.map(
    (record: { dynamodb: { SequenceNumber: string } }) => record.dynamodb.SequenceNumber,
  ).join('');
}
