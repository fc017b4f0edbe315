import { describe, expect, test } from 'vitest';
import type { PoolNumber } from '../../../functions/shared/domain/pool.ts';
import { seededRandom } from '../../../lib/commands/plan/seeded-random.ts';
import { NOON_MS, phone, virtualNumber } from '../../support/bookings.ts';
import { createDecisionLog } from './decision-log.ts';
import { judgeNumbers, planNumberUpdates } from './number-updates.ts';
import { createTally } from './soak-tally.ts';

describe('the decision log of a soak', () => {
  const decided = (sessionId: string) => JSON.stringify({ code: 'CALL_DECIDED', sessionId });

  test('delivers decisions alone, and what a consumer could not process again', async () => {
    const log = createDecisionLog();
    const delivered: number[] = [];
    for (const id of ['1', '2', '3', '4', '5', '6']) log.write(decided(id));
    log.write(JSON.stringify({ code: 'CALL_FALLBACK' }));
    const waiting = log.size();

    await log.deliver(() => Promise.reject(new Error('The store is down.')));
    while (await log.deliver(async (lines) => void delivered.push(lines.length)));

    expect([waiting, delivered, log.repeated(), log.size()]).toEqual([6, [5, 1], 1, 0]);
  });
});

describe('the tally of a soak', () => {
  const call = { webhook: 'call-action', body: '{}', callee: '+6591110002' } as const;
  const answerWith = (...actions: object[]) => ({
    status: 200,
    body: JSON.stringify({ callflow: actions }),
  });
  const ring = (destination: string) => ({ action: 'makeCall', params: { destination } });

  test('tells callers who were connected from those who reached a stranger or heard an apology', () => {
    const { hear, counts } = createTally();

    hear(call, answerWith(ring('+6591110002')));
    hear(call, answerWith(ring('+6591110003')));
    hear(call, answerWith(ring('+6591110003'), ring('+6591110002')));
    hear(call, answerWith({ action: 'hangup' }));
    hear(call, { status: 503, body: '' });
    hear({ webhook: 'call-status', body: '{}' }, { status: 200, body: '{}' });

    expect(counts).toMatchObject({ connected: 1, misconnected: 2, apologies: 1, refused: 1 });
  });
});

describe('the verdict about the pool of a soak', () => {
  const expected = {
    virtualNumber: virtualNumber(1),
    state: 'active',
    platformUpdatedAtMs: NOON_MS,
  } as const;
  const number: PoolNumber = {
    ...expected,
    country: 'SG',
    addedAtMs: NOON_MS,
    updatedAtMs: NOON_MS,
  };
  const verdictOf = async (items: readonly PoolNumber[]) => {
    const verdict = { lost: 0, doubled: 0, wrong: 0, examples: [] };
    await judgeNumbers({ listNumbers: async () => ({ items, nextCursor: null }) }, [expected], verdict);
    return verdict;
  };

  test.each([
    ['is good for the state that was told last', number, { lost: 0, wrong: 0 }],
    ['is bad for a state of before', { ...number, platformUpdatedAtMs: NOON_MS - 1 }, { lost: 1, wrong: 0 }],
    ['is bad for another state', { ...number, state: 'expiring' as const }, { lost: 0, wrong: 1 }],
  ])('%s', async (_, found, verdict) => {
    expect(await verdictOf([found])).toMatchObject(verdict);
  });

  test('expects of each number what its last update says', () => {
    const { bodies, expected: numbers } = planNumberUpdates({
      count: 50,
      virtualNumbers: [phone('+6531290001'), phone('+6531290002')],
      firstAtMs: NOON_MS,
      random: seededRandom(3),
    });

    const last = bodies.map((body) => JSON.stringify(body)).findLast((body) => body.includes('+6531290001'));
    const { operationalStatus, updatedTimestamp } = JSON.parse(last ?? '').payload.virtualNumbers.find(
      ({ msisdn }: { msisdn: string }) => msisdn === '+6531290001',
    );

    expect(numbers).toHaveLength(2);
    expect(numbers.find(({ virtualNumber: of }) => of.reveal() === '+6531290001')).toMatchObject({
      state: operationalStatus.toLowerCase(),
      platformUpdatedAtMs: Date.parse(updatedTimestamp),
    });
  });
});
