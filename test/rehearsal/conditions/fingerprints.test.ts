import { describe, expect, test } from 'vitest';
import { conjunctsOf, safeguardsOf, without } from './fingerprints.ts';

const put = {
  TableName: 'number-masking-local-BookingsTable',
  Item: { pk: 'BOOKING#01J', sk: 'BOOKING' },
  ConditionExpression: 'attribute_not_exists(pk)',
};
const update = {
  TableName: 'number-masking-local-BookingsTable',
  Key: { pk: 'PHONE#+6591110001', sk: 'HOLDINGS' },
  UpdateExpression: 'SET #new = :holding REMOVE #old0',
  ConditionExpression: 'attribute_exists(pk) AND #old0.bookingId = :old0',
};
const both = { TransactItems: [{ Put: put }, { Update: update }] };

describe('what protects a write', () => {
  test('is each part of its condition that must hold, and a choice is one part', () => {
    expect(conjunctsOf('a = :a AND b BETWEEN :c AND :d AND (e = :e OR f = :f)')).toEqual([
      'a = :a',
      'b BETWEEN :c AND :d',
      '(e = :e OR f = :f)',
    ]);
    expect(conjunctsOf('attribute_not_exists(pk) OR ttl <= :now AND n = :n')).toHaveLength(1);
  });

  test('is told the same whoever it is about, and counts the steps of a transaction', () => {
    expect(safeguardsOf('TransactWriteItems', both).map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      'condition: Put BookingsTable BOOKING# BOOKING IF attribute_not_exists(pk)',
      'step: Put BookingsTable BOOKING# BOOKING',
      'condition: Update BookingsTable PHONE# HOLDINGS SET #new = :holding REMOVE #old IF attribute_exists(pk)',
      'condition: Update BookingsTable PHONE# HOLDINGS SET #new = :holding REMOVE #old IF #old.bookingId = :old',
      'step: Update BookingsTable PHONE# HOLDINGS SET #new = :holding REMOVE #old',
    ]);
  });

  test('is taken away alone', () => {
    const [ofPut, putStep, first] = safeguardsOf('TransactWriteItems', both);
    const left = (one: typeof ofPut) => one && without(one).input?.('TransactWriteItems', both);
    const { ConditionExpression: _, ...unconditioned } = put;

    expect(left(ofPut)).toEqual({ TransactItems: [{ Put: unconditioned }, { Update: update }] });
    expect(left(putStep)).toEqual({ TransactItems: [{ Update: update }] });
    expect(left(first)).toEqual({
      TransactItems: [
        { Put: put },
        { Update: { ...update, ConditionExpression: '#old0.bookingId = :old0' } },
      ],
    });
  });
});
