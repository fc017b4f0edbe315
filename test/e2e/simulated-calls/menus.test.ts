import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restaurant } from '../../functions/booking-api/restaurant.ts';
import { type Json, type MaskedService, startMaskedService } from './masked-service.ts';

/*
 * The menus of 8x8's own guides, played: what the guides show for each path is what is answered, inbound and outbound.
 */

const NUMBER = '+6531290001';
const STAFF = '+6567330001';
const { steps } = restaurant;

let service: MaskedService;

beforeAll(async () => {
  service = await startMaskedService();
  await service.api('PUT', '/v1/menus/restaurant', restaurant);
  await service.api('PUT', `/v1/numbers/${NUMBER}`, { strangers: { menu: 'restaurant' } });
}, 120_000);
afterAll(() => service?.[Symbol.asyncDispose]());

let strangers = 0;
function stranger(): string {
  strangers += 1;
  return `+659113${String(strangers).padStart(4, '0')}`;
}

const answersOf = (report: Json): Json[] =>
  report.exchanges
    .filter(({ webhook }: Json) => webhook === 'VCA')
    .map(({ response }: Json) => response.body);

const asks = (promptMessage: string) => ({
  clientActionId: expect.stringMatching(/^d1:restaurant:/),
  callflow: [
    {
      action: 'sayAndCapture',
      params: expect.objectContaining({
        promptMessage,
        voiceProfile: 'en-US-BenjaminRUS',
        speed: 1,
        minDigits: 1,
        maxDigits: 1,
        overallTimeout: 10_000,
        noOfTries: 2,
      }),
    },
  ],
});
const says = (text: string) => ({
  callflow: [
    { action: 'say', params: expect.objectContaining({ text, voiceProfile: 'en-US-BenjaminRUS', speed: 1 }) },
    { action: 'hangup' },
  ],
});

/** Each path of the guide: the keys, and what is answered to each, the first answer apart. */
const paths: readonly (readonly [keys: readonly (string | null)[], answers: readonly unknown[]])[] = [
  [['3'], [says(steps.hours.say)]],
  [['9'], [says(steps.invalid.say)]],
  [[null, null], [says(steps.invalid.say)]],
  [
    ['1', '1', '1'],
    [asks(steps.reservations.ask), asks(steps.book_table.ask), says(steps.booked_today.say)],
  ],
  [
    ['1', '1', '2'],
    [asks(steps.reservations.ask), asks(steps.book_table.ask), says(steps.booked_tomorrow.say)],
  ],
  [
    ['1', '1', '5'],
    [asks(steps.reservations.ask), asks(steps.book_table.ask), says(steps.invalid.say)],
  ],
  [
    ['1', '2', '1'],
    [asks(steps.reservations.ask), asks(steps.reschedule_table.ask), says(steps.kept.say)],
  ],
  [
    ['1', '2', '2'],
    [asks(steps.reservations.ask), asks(steps.reschedule_table.ask), says(steps.moved.say)],
  ],
  [
    ['1', '3', '3'],
    [asks(steps.reservations.ask), asks(steps.main.ask), says(steps.hours.say)],
  ],
  [
    ['1', '7'],
    [asks(steps.reservations.ask), says(steps.invalid.say)],
  ],
  [
    ['2', '2', '3'],
    [asks(steps.connect_call.ask), asks(steps.main.ask), says(steps.hours.say)],
  ],
  [
    ['2', '4'],
    [asks(steps.connect_call.ask), says(steps.invalid.say)],
  ],
];

describe('the restaurant of the advanced guide', () => {
  test.each(paths)('answers the keys %j of a caller as the guide shows', async (dtmf, expected) => {
    const report = await service.call({ from: stranger(), to: NUMBER, dtmf });
    expect(answersOf(report)).toEqual([asks(steps.main.ask), ...expected]);
    expect(report).toMatchObject({ status: 'COMPLETED', connectedTo: null });
  });

  test('connects a caller with the representative', async () => {
    const report = await service.call({ from: stranger(), to: NUMBER, dtmf: ['2', '1'] });
    expect(answersOf(report)).toEqual([
      asks(steps.main.ask),
      asks(steps.connect_call.ask),
      {
        clientActionId: expect.stringMatching(/^d1:restaurant:.*:representative:/),
        callflow: [{ action: 'makeCall', params: { source: NUMBER, destination: STAFF } }],
      },
    ]);
    expect(report.connectedTo).toBe(STAFF);
  });

  test('tells in the record of the call what was pressed and where it led', async () => {
    const { sessionId } = await service.call({ from: stranger(), to: NUMBER, dtmf: ['2', '1'] });
    const session = await service.session(sessionId, ({ conversation }) => conversation?.length === 3);
    expect(session.decision.kind).toBe('menu-connect');
    expect(session.conversation.map(({ words }: Json) => words)).toEqual([
      'entered `main` of restaurant',
      'pressed 2 in `main`, went to `connect_call`',
      'pressed 1 in `connect_call`, went to `representative`',
    ]);
  });

  test.each([
    [['3'], [steps.main.ask, steps.hours.say]],
    [
      ['1', '2', '2'],
      [steps.main.ask, steps.reservations.ask, steps.reschedule_table.ask, steps.moved.say],
    ],
    [['9'], [steps.main.ask, steps.invalid.say]],
  ])('leads somebody whom we ring through it as well: %j', async (dtmf, heard) => {
    await service.simulator('POST', '/simulator/outbound-behaviour', { dtmf });
    const started = await service.api('POST', '/v1/menus/restaurant/calls', { to: stranger(), from: NUMBER });
    const report = await service.simulator('GET', `/simulator/sessions/${started.body.sessionId}?wait=true`);
    expect(report.body.heard).toEqual(heard);
    expect(report.body.status).toBe('COMPLETED');
  });

  test('connects somebody whom we rang with the representative', async () => {
    await service.simulator('POST', '/simulator/outbound-behaviour', { dtmf: ['2', '1'] });
    const started = await service.api('POST', '/v1/menus/restaurant/calls', { to: stranger(), from: NUMBER });
    const report = await service.simulator('GET', `/simulator/sessions/${started.body.sessionId}?wait=true`);
    expect(report.body.connectedTo).toBe(STAFF);
  });

  test('does not keep a party of a booking from the other one', async () => {
    const ride = await service.book({ virtualNumber: NUMBER });
    const report = await service.call({ from: ride.rider, to: NUMBER });
    expect(report.connectedTo).toBe(ride.driver);
  });

  test('is for callers too who hide their number', async () => {
    const report = await service.call({ from: null, to: NUMBER, dtmf: ['3'] });
    expect(report.heard).toEqual([steps.main.ask, steps.hours.say]);
  });

  test('begins anew for a caller during whose call it is changed', async () => {
    await service.api('PUT', '/v1/menus/changing', restaurant);
    await service.api('PUT', '/v1/numbers/+6531290002', { strangers: { menu: 'changing' } });
    const first = await service.call({ from: stranger(), to: '+6531290002', dtmf: ['3'] });
    const renewed = {
      ...restaurant,
      steps: { ...steps, hours: { say: 'Closed for good.', then: 'hangup' } },
    };
    await service.api('PUT', '/v1/menus/changing', renewed);
    const after = await service.call({ from: stranger(), to: '+6531290002', dtmf: ['3'] });
    expect([first.heard.at(-1), after.heard.at(-1)]).toEqual([steps.hours.say, 'Closed for good.']);
  });
});

describe('a voice message', () => {
  test.each([
    ['answered', 'answered', ['Your driver is there.']],
    ['busy', 'busy', []],
    ['no-answer', 'missed', []],
    ['failed', 'failed', []],
  ])('to a phone that is %s is told as %s', async (answer, outcome, heard) => {
    await service.simulator('POST', '/simulator/outbound-behaviour', { callees: [{ answer }] });
    const message = { to: stranger(), from: NUMBER, say: 'Your driver is there.' };
    const { body } = await service.api('POST', '/v1/messages', message);
    const report = await service.simulator('GET', `/simulator/sessions/${body.sessionId}?wait=true`);
    expect(report.body.heard).toEqual(heard);
    const session = await service.session(
      body.sessionId,
      ({ endedAt, decision }) => endedAt !== null && decision !== null,
    );
    expect(session).toMatchObject({ outcome, decision: { kind: 'voice-message' } });
  });
});

describe('the single question of the simple guide', () => {
  test.each([
    ['1', ['Press 1 for Sales, Press 2 for Support', 'You chose sales.']],
    ['2', ['Press 1 for Sales, Press 2 for Support', 'You chose support.']],
    ['3', ['Press 1 for Sales, Press 2 for Support', 'Invalid input, please call again.']],
  ])('leads with %s where it says', async (key, heard) => {
    await service.api('PUT', '/v1/menus/simple', {
      start: 'main',
      steps: {
        main: {
          ask: 'Press 1 for Sales, Press 2 for Support',
          choices: { '1': 'sales', '2': 'support' },
          otherwise: 'invalid',
        },
        sales: { say: 'You chose sales.', then: 'hangup' },
        support: { say: 'You chose support.', then: 'hangup' },
        invalid: { say: 'Invalid input, please call again.', then: 'hangup' },
      },
    });
    await service.api('PUT', '/v1/numbers/+6531290003', { strangers: { menu: 'simple' } });
    const report = await service.call({ from: stranger(), to: '+6531290003', dtmf: [key] });
    expect(report.heard).toEqual(heard);
  });
});

describe('opening hours', () => {
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Singapore' });

  test.each([
    ['where it is open day and night', {}, 'Open.'],
    [
      'on a public holiday',
      { holidays: [-1, 0, 1].map((days) => today.format(Date.now() + days * 86_400_000)) },
      'Closed.',
    ],
  ])('lead the caller the right way %s', async (_, more, heard) => {
    await service.api('PUT', '/v1/menus/hours', {
      start: 'door',
      steps: {
        door: {
          openAt: { timeZone: 'Asia/Singapore', 'mon-sun': ['00:00-24:00'], ...more },
          then: 'open',
          otherwise: 'closed',
        },
        open: { say: 'Open.', then: 'hangup' },
        closed: { say: 'Closed.', then: 'hangup' },
      },
    });
    await service.api('PUT', '/v1/numbers/+6531290004', { strangers: { menu: 'hours' } });
    const report = await service.call({ from: stranger(), to: '+6531290004' });
    expect(report.heard).toEqual([heard]);
  });
});
