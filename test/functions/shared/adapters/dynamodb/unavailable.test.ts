import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { isStoreUnavailable } from '../../../../../functions/shared/adapters/dynamodb/unavailable.ts';

const named = (name: string) => Object.assign(new Error('no'), { name });
const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'no',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

describe('a failure of the store that may be gone a moment later', () => {
  test.each([
    'TransactionConflictException',
    'TransactionInProgressException',
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'TimeoutError',
  ])('is %s', (name) => {
    expect(isStoreUnavailable(named(name))).toBe(true);
  });

  test('is a transaction that was only in the way of another', () => {
    expect(isStoreUnavailable(cancelled('None', 'TransactionConflict'))).toBe(true);
  });

  test('is no condition that did not hold, and nothing that is wrong with the request', () => {
    const lasting = [
      cancelled('TransactionConflict', 'ConditionalCheckFailed'),
      cancelled(),
      named('ConditionalCheckFailedException'),
      named('ValidationException'),
      'text',
    ];

    expect(lasting.filter(isStoreUnavailable)).toEqual([]);
  });
});
