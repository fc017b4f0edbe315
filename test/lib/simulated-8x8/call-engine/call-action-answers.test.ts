import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Reply } from '../../../support/simulated-8x8/our-endpoint.ts';
import {
  hangup,
  makeCall,
  type Playground,
  say,
  startPlayground,
} from '../../../support/simulated-8x8/playground.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground({ delivery: { longestAnswerBytes: 10_000 } });
});
afterAll(() => playground.stop());
beforeEach(() => playground.startOver());

const callflow = [hangup];
const answers: readonly [string, Reply, number, RegExp][] = [
  ['another status than 200', { status: 201, body: { callflow } }, -2003, /answered 201 instead of 200/],
  ['a redirect', { status: 307, headers: { location: '/elsewhere' } }, -2003, /answered 307/],
  ['an error', { status: 503 }, -2003, /answered 503/],
  ['nothing', {}, -2003, /not valid JSON/],
  ['JSON with a comment', { body: '{ "callflow": [] } // done' }, -2003, /not valid JSON/],
  [
    'JSON with a trailing comma',
    { body: '{ "callflow": [{ "action": "hangup" },] }' },
    -2003,
    /not valid JSON/,
  ],
  ['a list', { body: [hangup] }, -2003, /not a JSON object/],
  ['no callflow', { body: { status: 'ignored' } }, -2003, /unknown field \$\.status/],
  ['an empty object', { body: {} }, -2003, /must be a list/],
  ['an empty callflow', { body: { callflow: [] } }, -2003, /holds no action/],
  ['a field beside the callflow', { body: { callflow, sessionId: 'x' } }, -2003, /\$\.sessionId/],
  [
    'a clientActionId that is no text',
    { body: { callflow, clientActionId: 7 } },
    -2003,
    /clientActionId must be a text/,
  ],
  [
    'an unknown action',
    { body: { callflow: [{ action: 'conference' }] } },
    -2003,
    /should be one of: say,playFile/,
  ],
  ['a bad parameter', { body: { callflow: [say('Hello.', { speed: 9 })] } }, -2003, /params\.speed/],
  [
    'a bad combination',
    { body: { callflow: [hangup, makeCall()] } },
    -2003,
    /hangup must be the last action/,
  ],
  [
    'too long a text',
    {
      body: {
        callflow: [
          say('a'.repeat(2900)),
          say('b'.repeat(2900)),
          say('c'.repeat(2900)),
          say('d'.repeat(2900)),
        ],
      },
    },
    -2003,
    /longer than 10000 bytes/,
  ],
];

test.each(answers)('%s ends the session as ERROR', async (_, reply, code, problem) => {
  playground.endpoint.answer('VCA', () => reply);

  const report = await playground.call();

  expect(report).toMatchObject({ status: 'ERROR', connectedTo: null, heard: [], error: { code } });
  expect(report.error?.reason).toMatch(problem);
  expect(report.exchanges.find(({ webhook }) => webhook === 'VCA')?.problem).toMatch(problem);
});

test('an endpoint that is not there ends the session as ERROR -2002', async () => {
  await playground.management('POST', '/webhooks', { type: 'VCA', url: 'http://127.0.0.1:1/VCA' });

  const report = await playground.call();

  expect(report.error).toMatchObject({ code: -2002, message: 'Internal connectivity error' });
  expect(report.exchanges[0]).toMatchObject({
    webhook: 'VCA',
    response: null,
    problem: expect.stringMatching(/could not be reached/),
  });
});

test.each([
  ['disabled', { enabled: false }],
  ['removed', undefined],
])('a VCA webhook that is %s ends the session as ERROR -2002', async (_, change) => {
  await playground.management('DELETE', '/webhooks/VCA');
  if (change !== undefined) {
    await playground.management('POST', '/webhooks', {
      type: 'VCA',
      url: playground.endpoint.url,
      ...change,
    });
  }

  const report = await playground.call();

  expect(report.error?.code).toBe(-2002);
  expect(report.error?.reason).toMatch(/no enabled VCA webhook/);
});

test('no answer in time ends the session as ERROR -2002', async () => {
  await playground.simulator('PUT', '/simulator/delivery', { timeoutMs: 100 });
  playground.endpoint.answer('VCA', () => ({ silent: true }));

  const report = await playground.call();

  expect(report.error?.code).toBe(-2002);
  expect(report.error?.reason).toMatch(/no answer within 100 ms/);
});
