import { describe, expect, test } from 'vitest';
import {
  type CallPrices,
  type SessionUsage,
  totalsOf,
  usedLegsOf,
} from '../../../../functions/shared/domain/booking-totals.ts';
import { foldSession } from '../../../../functions/shared/domain/session-fold.ts';
import { answeredCall, legA, legB, sessionId, summaryInput } from '../../../support/session-inputs.ts';

const answered = (inbound: number, outbound: number): SessionUsage => ({
  outcome: 'answered',
  talkSeconds: outbound,
  legs: [
    { direction: 'inbound', seconds: inbound },
    { direction: 'outbound', seconds: outbound },
  ],
});

const prices = (over: Partial<CallPrices> = {}): CallPrices => ({
  currency: 'SGD',
  inboundPerMinute: 0.02,
  outboundPerMinute: 0.1,
  incrementSeconds: 60,
  ...over,
});

describe('the legs that a call used', () => {
  test('are those that were connected, by their direction', () => {
    expect(usedLegsOf(foldSession(sessionId, answeredCall()))).toEqual([
      { direction: 'inbound', seconds: 47 },
      { direction: 'outbound', seconds: 47 },
    ]);
  });

  test('are the caller’s alone where nobody answered', () => {
    const legs = [legA({ durationSeconds: 12 }), legB({ status: 'NO_ANSWER', durationSeconds: 0 })];
    const missed = foldSession(sessionId, [summaryInput({ sessionStatus: 'NO_ANSWER', legs })]);

    expect(usedLegsOf(missed)).toEqual([{ direction: 'inbound', seconds: 12 }]);
  });

  test('are both outbound where both people were rung', () => {
    const legs = [legA({ direction: 'OUTBOUND', durationSeconds: 60 }), legB()];
    const clickToCall = foldSession(sessionId, [summaryInput({ legs })]);

    expect(usedLegsOf(clickToCall).map(({ direction }) => direction)).toEqual(['outbound', 'outbound']);
  });
});

describe('the totals of a booking', () => {
  test('count the calls by how they ended, and add up their seconds', () => {
    const refused: SessionUsage = {
      outcome: 'refused',
      talkSeconds: 0,
      legs: [{ direction: 'inbound', seconds: 6 }],
    };

    const totals = totalsOf([answered(50, 47), refused, answered(10, 9)], undefined);

    expect(totals).toMatchObject({
      sessions: 3,
      talkSeconds: 56,
      inboundLegSeconds: 66,
      outboundLegSeconds: 56,
      estimatedCost: undefined,
    });
    expect(totals.outcomes).toMatchObject({ answered: 2, refused: 1, missed: 0, 'in-progress': 0 });
  });

  test.each([
    ['by the minute, a started one as a whole', [answered(61, 60)], prices(), 0.14],
    ['by the second', [answered(61, 60)], prices({ incrementSeconds: 1 }), 0.120333],
    ['leg by leg, never two legs together', [answered(30, 30), answered(30, 30)], prices(), 0.24],
    ['without the noise of binary fractions', Array(3).fill(answered(60, 60)), prices(), 0.36],
    ['as nothing where there were no calls', [], prices(), 0],
  ])('estimate the cost %s', (_, usages, given, amount) => {
    expect(totalsOf(usages, given).estimatedCost).toEqual({ amount, currency: 'SGD' });
  });
});
