import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callActionBody } from '../../rehearsal/soak/masked-call.ts';
import {
  type Json,
  type MaskedService,
  type Ride,
  startMaskedService,
} from '../simulated-calls/masked-service.ts';

const RIDES = 50;

let masked: MaskedService;
let rides: readonly Ride[];

beforeAll(async () => {
  masked = await startMaskedService();
  rides = await Promise.all(Array.from({ length: RIDES }, () => masked.book({ recordCalls: false })));
}, 120_000);
afterAll(() => masked[Symbol.asyncDispose]());

async function breakDatabase(database: object): Promise<void> {
  expect((await masked.api('POST', '/local-cloud/faults', { database })).status).toBe(200);
}

async function dial(caller: string, virtualNumber: string): Promise<{ status: number; callflow: Json[] }> {
  const response = await fetch(`${masked.service.cloud.url}/webhooks/call-action`, {
    method: 'POST',
    headers: { authorization: 'Bearer local-webhook-secret', 'content-type': 'application/json' },
    body: JSON.stringify(
      callActionBody({ sessionId: randomUUID(), caller, virtualNumber, atMs: Date.now() }),
    ),
  });
  const { callflow }: Json = await response.json();
  return { status: response.status, callflow };
}

/** Both people of every ride call at the same moment. */
const everybodyCalls = () =>
  Promise.all(
    rides.flatMap(({ rider, driver, virtualNumber }) =>
      [rider, driver].map((caller) => dial(caller, virtualNumber)),
    ),
  );

describe('a hundred people who call at once', () => {
  test.each([
    ['is stopped', { stopped: true }],
    ['does not answer', { latencyMs: 60_000 }],
    ['throttles everything', { throttleEvery: 1 }],
  ])(
    'all hear the apology while the database %s, and reach each other once it is back',
    async (_, faults) => {
      await breakDatabase(faults);

      const answers = await everybodyCalls();

      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      const flows = new Set(
        answers.map(({ callflow }) => JSON.stringify(callflow.map(({ action }) => action))),
      );
      expect(flows).toEqual(new Set(['["say","hangup"]']));
      expect(answers[0]?.callflow[0].params.text).toMatch(/cannot connect your call at the moment/);

      await breakDatabase({});
      for (const { rider, driver, virtualNumber } of rides.slice(0, 3)) {
        const { callflow } = await dial(rider, virtualNumber);
        expect(callflow).toMatchObject([{ action: 'makeCall', params: { destination: driver } }]);
      }
    },
    60_000,
  );
});
