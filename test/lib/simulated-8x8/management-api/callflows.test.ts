import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  capture,
  DRIVER,
  hangup,
  makeCall,
  type Playground,
  say,
  startPlayground,
} from '../../../support/simulated-8x8/playground.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.stop());
beforeEach(() => playground.startOver());

const callflow = [makeCall(), say('Your driver has arrived.'), hangup];
const UUID = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

describe('Send Callflow', () => {
  test('creates a session', async () => {
    const { status, body } = await playground.management('POST', '/callflows', { callflow });

    expect(status).toBe(200);
    expect(body).toEqual({
      sessionId: UUID,
      sessionStatus: 'CREATED',
      callFlowRequestId: UUID,
      statusCode: 1,
      statusMessage: 'Created',
    });
  });

  test.each(['2026-02-16T09:00:00.000Z', '2026-02-16T09:00:00Z'])(
    'gives validUntil back: %s',
    async (validUntil) => {
      const { body } = await playground.management('POST', '/callflows', { callflow, validUntil });

      expect(body).toMatchObject({ sessionStatus: 'CREATED', validUntil });
    },
  );

  test('ignores fields that it does not know, clientActionId among them', async () => {
    const { status } = await playground.management('POST', '/callflows', { callflow, clientActionId: 'x' });

    expect(status).toBe(200);
  });

  test.each([
    ['no JSON', '{', 400, -1001],
    ['no object', '[]', 400, -1001],
    ['an unknown voice', { callflow: [makeCall(), say('Hello.', { voiceProfile: 'nobody' })] }, 422, -1002],
    [
      'minDigits without maxDigits',
      { callflow: [makeCall(), capture({ completeOnHash: true, maxDigits: null })] },
      422,
      -1003,
    ],
    [
      'digitTimeout without overallTimeout',
      { callflow: [makeCall(), capture({ overallTimeout: null })] },
      422,
      -1005,
    ],
    [
      'timeouts the wrong way round',
      { callflow: [makeCall(), capture({ digitTimeout: 20_000 })] },
      422,
      -1006,
    ],
    ['an unknown action', { callflow: [makeCall(), { action: 'dial' }] }, 400, -1007],
    [
      'completeOnHash false without maxDigits',
      { callflow: [makeCall(), capture({ minDigits: null, maxDigits: null })] },
      422,
      -1008,
    ],
    ['an invalid entry', { callflow: [makeCall(), say('')] }, 422, -1009],
    ['no callflow', {}, 422, -1009],
    ['a validUntil that is no time', { callflow, validUntil: 'tomorrow' }, 422, -1009],
    ['three calls', { callflow: [makeCall(), makeCall(), makeCall()] }, 422, -1010],
    ['several destinations', { callflow: [makeCall({ destination: [DRIVER] })] }, 422, -1011],
    ['a misplaced hangup', { callflow: [makeCall(), hangup, say('Hello.')] }, 422, -1012],
    ['no call at first', { callflow: [say('Hello.')] }, 422, -1013],
    ['a foreign caller ID', { callflow: [makeCall({ source: '+6599999999' })] }, 422, -1014],
    ['a validUntil in the past', { callflow, validUntil: '2026-02-16T03:00:00.000Z' }, 422, -1015],
    ['forbidden characters', { callflow: [makeCall(), say('<b>')] }, 422, -1016],
    ['no MSISDN', { callflow: [makeCall({ destination: '0800-TAXI' })] }, 422, -1017],
    ['a scenario among other actions', { callflow: [makeCall(), { action: 'executeScenario' }] }, 422, -1018],
    ['a scenario without name', { callflow: [{ action: 'executeScenario' }] }, 422, -1019],
    [
      'a scenario that there is not',
      { callflow: [{ action: 'executeScenario', params: { scenarioName: 'x' } }] },
      422,
      -1020,
    ],
  ])('refuses %s', async (_, body, status, statusCode) => {
    const reply = await playground.management('POST', '/callflows', body);

    expect(reply.status).toBe(status);
    expect(reply.body).toEqual({
      sessionStatus: 'NOT_CREATED',
      callFlowRequestId: UUID,
      statusCode,
      statusMessage: expect.stringMatching(/\w/),
    });
    expect((await playground.simulator('GET', '/simulator/sessions')).body.items).toEqual([]);
  });

  test('refuses a capture with -1004 when no webhook would get the digits', async () => {
    await playground.management('DELETE', '/webhooks/VCA');

    const { body } = await playground.management('POST', '/callflows', { callflow: [makeCall(), capture()] });

    expect(body.statusCode).toBe(-1004);
  });

  test('names the JSON path of what is wrong', async () => {
    const { body } = await playground.management('POST', '/callflows', {
      callflow: [makeCall(), { action: 'dial' }],
    });

    expect(body.statusMessage).toBe(
      '$.callflow[1].action should be one of: say,playFile,sayAndCapture,makeCall,hangup',
    );
  });
});
