import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { SessionView } from '../../../functions/shared/domain/session.ts';
import { createRetryQueue } from './retry-queue.ts';
import { isFlawless, runSoak, type SoakReport } from './soak.ts';
import { createProgressDisplay, renderReport } from './soak-display.ts';
import type { ExpectedSession } from './soak-plan.ts';
import { judge } from './soak-verdict.ts';

const TIMEOUT_MS = 240_000;

describe('a soak', () => {
  test(
    'of 1,000 webhooks loses nothing, doubles nothing, and ends every session in the right state',
    async () => {
      const report = await runSoak({ webhooks: 1000, seed: 8 });

      expect(report.examples).toEqual([]);
      expect(report).toMatchObject({ lost: 0, doubled: 0, wrong: 0, refused: 0, deadLetters: 0 });
      expect(report.misconnected).toBe(0);
      expect(isFlawless(report)).toBe(true);
      expect(report.webhooks).toBeGreaterThanOrEqual(1000);
      expect(report.repeated / report.webhooks).toBeCloseTo(0.2, 1);
      expect(report.reordered).toBe(report.sessions);
      expect(report.storeFaults / report.storeRequests).toBeCloseTo(0.05, 2);
      expect(report.queued).toBeGreaterThan(0);
      expect(report.logRepeated).toBeGreaterThan(0);
      expect(report.connected).toBeGreaterThan(report.apologies);
    },
    TIMEOUT_MS,
  );
});

describe('the verdict', () => {
  const expected: ExpectedSession = {
    sessionId: 's',
    bookingId: 'b',
    outcome: 'missed',
    durationSeconds: 0,
    eventIds: ['e1', 'e2'],
    recordingIds: [],
    legs: [],
    isDecided: false,
  };
  const event = (eventId: string) => ({
    sessionId: 's',
    eventId,
    callStatus: 'CALL_RECEIVED',
    callId: undefined,
    subAccountId: undefined,
    direction: undefined,
    callType: undefined,
    source: undefined,
    destination: undefined,
    durationSeconds: undefined,
    sipCode: undefined,
    dtmf: undefined,
    occurredAtMs: undefined,
  });
  const view = (eventIds: readonly string[], outcome: 'missed' | 'in-progress' = 'missed') => ({
    sessionId: 's',
    bookingId: 'b',
    status: outcome === 'missed' ? ('NO_ANSWER' as const) : ('IN_PROGRESS' as const),
    outcome,
    reachedCallee: false,
    startedAtMs: undefined,
    endedAtMs: undefined,
    durationSeconds: outcome === 'missed' ? 0 : undefined,
    legs: [],
    events: eventIds.map(event),
    decision: undefined,
    errorCode: undefined,
    recordings: [],
  });
  const decided = (kind: string) => ({
    ...view(['e1', 'e2']),
    decision: { eventId: 'vca', kind, bookingId: 'b', atMs: 0 },
  });
  const judgeOf = (views: readonly SessionView[], story: Partial<ExpectedSession> = {}, counted?: number) =>
    judge({
      calls: {
        findSession: async (id) => views.find(({ sessionId }) => sessionId === id),
        sessionsOfBooking: async () => ({ items: [...views], nextCursor: null }),
        searchSessions: async () => ({ items: [], nextCursor: null }),
        recordingsOf: async () => undefined,
        findRecording: async () => undefined,
      },
      expected: [{ ...expected, ...story }],
      countedCalls: async () => counted,
    });

  test('is good for a session that is as it was told', async () => {
    expect(await judgeOf([view(['e1', 'e2'])])).toEqual({ lost: 0, doubled: 0, wrong: 0, examples: [] });
  });

  test.each([
    ['a session that nobody can find', [], { lost: 3, doubled: 0, wrong: 0 }],
    ['an event that is missing', [view(['e1'])], { lost: 1, doubled: 0, wrong: 1 }],
    ['a summary that is missing', [view(['e1', 'e2'], 'in-progress')], { lost: 1, doubled: 0, wrong: 1 }],
    ['an event that is there twice', [view(['e1', 'e2', 'e2'])], { lost: 0, doubled: 1, wrong: 1 }],
    ['a session that is found twice', [view(['e1', 'e2']), view(['e1', 'e2'])], { doubled: 1, wrong: 0 }],
    ['events in another order', [view(['e2', 'e1'])], { lost: 0, doubled: 0, wrong: 1 }],
  ])('is bad for %s', async (_, views, verdict) => {
    expect(await judgeOf(views)).toMatchObject({ ...verdict, examples: ['s'] });
  });

  test.each([
    ['good for a decision that is there', decided('connect'), { lost: 0, wrong: 0 }],
    ['good for one that says why there was none', decided('service-unavailable'), { lost: 0, wrong: 0 }],
    ['bad for a decision that is missing', view(['e1', 'e2']), { lost: 1, wrong: 1 }],
    ['bad for a party that was taken for a stranger', decided('unknown-caller'), { lost: 0, wrong: 1 }],
  ])('is %s', async (_, found, verdict) => {
    expect(await judgeOf([found], { isDecided: true })).toMatchObject(verdict);
  });

  test.each([
    [0, { lost: 1, doubled: 0 }],
    [1, { lost: 0, doubled: 0 }],
    [2, { lost: 0, doubled: 1 }],
  ])('holds %i counted calls against the one that was connected', async (counted, verdict) => {
    expect(await judgeOf([decided('connect')], { isDecided: true }, counted)).toMatchObject(verdict);
  });
});

describe('the retry queue of a soak', () => {
  test('gives a batch again, as a whole, to a consumer that was killed, and in part to one that failed', async () => {
    const queue = createRetryQueue();
    for (const body of ['1', '2']) await queue.keep({ webhook: 'VCS', receivedAtMs: 0, body });
    const received: string[][] = [];
    const consumer = (answer: (ids: string[]) => string[]) => async (event: { Records: object[] }) => {
      const ids = event.Records.map((record) => ('messageId' in record ? String(record.messageId) : ''));
      received.push(ids);
      return { batchItemFailures: answer(ids).map((itemIdentifier) => ({ itemIdentifier })) };
    };

    await queue.deliverBatch(
      consumer(() => {
        throw new Error('Killed.');
      }),
    );
    await queue.deliverBatch(consumer(([first = '']) => [first]));
    await queue.deliverBatch(consumer(() => []));

    expect(received.map((ids) => ids.length)).toEqual([2, 2, 1]);
    expect([queue.size(), queue.mostReceives(), await queue.deliverBatch(consumer(() => []))]).toEqual([
      0,
      3,
      false,
    ]);
  });

  test('puts aside what failed too often', async () => {
    const queue = createRetryQueue();
    await queue.keep({ webhook: 'VCS', receivedAtMs: 0, body: '1' });

    while (await queue.deliverBatch(() => Promise.reject(new Error('Killed.'))));

    expect([queue.deadLetters.length, queue.mostReceives()]).toEqual([1, 20]);
  });
});

describe('the display of a soak', () => {
  const shownOn = (isTTY: boolean) => {
    let text = '';
    const display = createProgressDisplay({ isTTY, write: (part) => (text += part) }, () => 0);
    for (let done = 1; done <= 1000; done += 1) display({ phase: 'sending', done, total: 1000 });
    return stripVTControlCharacters(text);
  };

  test('is a bar on a terminal, drawn over itself', () => {
    const drawn = shownOn(true);

    expect(drawn.split('\r').length).toBeLessThan(5);
    expect(drawn).toMatch(/█{30} +100 % 1,000 of 1,000\n$/u);
  });

  test('is a few plain lines elsewhere', () => {
    const lines = shownOn(false).trimEnd().split('\n');

    expect(lines).toHaveLength(11);
    expect(lines.join('')).not.toMatch(/[\r█]/u);
  });

  test('ends in a table that names what to look at', () => {
    const report: SoakReport = {
      webhooks: 1000,
      distinct: 800,
      repeated: 200,
      sessions: 120,
      reordered: 120,
      storeRequests: 4000,
      storeFaults: 200,
      connected: 50,
      misconnected: 0,
      apologies: 10,
      queued: 150,
      consumersKilled: 1,
      logRepeated: 3,
      mostReceives: 4,
      deadLetters: 0,
      refused: 0,
      seconds: 12.4,
      lost: 1,
      doubled: 0,
      wrong: 0,
      examples: ['session-7'],
    };

    const table = renderReport(report, 42);

    expect(table).toMatch(/^lost +1$/m);
    expect(table).toMatch(/^seed +42$/m);
    expect(table).toMatch(/made to fail +200 \(5\.0 %\)$/m);
    expect(table).toContain('Look at: session-7');
    expect(isFlawless(report)).toBe(false);
    expect(isFlawless({ ...report, lost: 0 })).toBe(true);
    expect(isFlawless({ ...report, lost: 0, misconnected: 1 })).toBe(false);
  });
});
