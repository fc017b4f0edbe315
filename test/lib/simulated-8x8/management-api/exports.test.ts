import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  DRIVER,
  makeCall,
  type Playground,
  RIDER,
  startPlayground,
} from '../../../support/simulated-8x8/playground.ts';
import { field } from '../../../support/simulated-8x8/read-event.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await startPlayground();
});
afterAll(() => playground.stop());
beforeEach(() => playground.startOver());

/** Exports the log and gives its rows as objects by column. */
async function exported(request?: object): Promise<Record<string, string>[]> {
  const started = await playground.management('POST', '/messages/exports', request);
  const job = await playground.management('GET', `/messages/exports/${String(started.body.jobId)}`);
  const [header = '', ...rows] = (await (await fetch(String(field(job.body, 'data.0')))).text())
    .trim()
    .split('\r\n');
  const columns = header.split(',');
  return rows.map((row) =>
    Object.fromEntries(row.split(',').map((value, index) => [columns[index] ?? '', value])),
  );
}

describe('a log export', () => {
  test('has one row for each leg', async () => {
    playground.answerWith(makeCall());
    const report = await playground.call({ talkSeconds: 61 });
    await playground.call({ answer: 'busy' });

    const rows = await exported();

    expect(rows).toHaveLength(4);
    expect(rows[1]).toMatchObject({
      SessionId: report.sessionId,
      SubAccountId: 'local_masking',
      Direction: 'OUTBOUND',
      SourceEndpoint: '+6531290001',
      DestinationEndpoint: DRIVER,
      DestinationCountry: 'SG',
      DurationInSec: '61',
      BillableDurationInSec: '120',
      SipStatus: '200',
      SessionStatus: 'COMPLETED',
      CallStatus: 'COMPLETED',
    });
    expect(rows[2]).toMatchObject({ SourceEndpoint: RIDER, SessionStatus: 'BUSY', ConnectedAt: '' });
    expect(Object.keys(rows[0] ?? {})).toHaveLength(35);
  });

  test('lists the period and the number of rows that are asked for', async () => {
    playground.answerWith(makeCall());
    await playground.call({ at: '2026-02-01T00:00:00Z' });
    await playground.call({ at: '2026-02-10T00:00:00Z' });

    expect(await exported({ from: '2026-02-01', to: '2026-02-05' })).toHaveLength(2);
    expect(await exported({ from: '2026-02-01', to: '2026-02-16', limit: 3 })).toHaveLength(3);
  });

  test('reads a time without a zone as UTC, whatever the zone of the machine is', async () => {
    const zone = process.env.TZ;
    process.env.TZ = 'Asia/Singapore';
    try {
      playground.answerWith(makeCall());
      await playground.call({ at: '2026-02-01T12:00:00Z' });

      expect(await exported({ from: '2026-02-01T11:59:00', to: '2026-02-01T12:01:00' })).toHaveLength(2);
      expect(await exported({ from: '2026-02-01 11:59:00', to: '2026-02-01T20:01:00+08:00' })).toHaveLength(
        2,
      );
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  test('counts each leg at the rate of its direction, and tells how it sounded', async () => {
    playground.answerWith(makeCall());
    await playground.call({ talkSeconds: 61 });

    const [inbound, outbound] = await exported();

    expect(inbound).toMatchObject({ UnitPrice: '0.03', TotalPriceOfCall: '0.0600', SourceCountryCode: '65' });
    expect(outbound).toMatchObject({ UnitPrice: '0.05', TotalPriceOfCall: '0.1000' });
    expect(Number(outbound?.MOS)).toBeGreaterThan(3);
  });

  test('succeeds for a month, by a link that needs no key', async () => {
    playground.answerWith(makeCall());
    await playground.call();
    const { status, body } = await playground.management('POST', '/messages/exports', {});

    const job = await playground.management('GET', `/messages/exports/${String(body.jobId)}`);

    expect(status).toBe(202);
    expect(job.body).toEqual({
      status: 'succeeded',
      data: [`${playground.url}/api/v1/subaccounts/local_masking/messages/download/${String(body.jobId)}`],
      expires: expect.stringMatching(/^2026-03-18T/),
    });
  });

  test('of nothing is empty', async () => {
    const { body } = await playground.management('POST', '/messages/exports');

    expect((await playground.management('GET', `/messages/exports/${String(body.jobId)}`)).body).toEqual({
      status: 'empty',
    });
  });

  test('that is cancelled is gone', async () => {
    const { body } = await playground.management('POST', '/messages/exports');

    expect((await playground.management('DELETE', `/messages/exports/${String(body.jobId)}`)).status).toBe(
      204,
    );
    expect((await playground.management('GET', `/messages/exports/${String(body.jobId)}`)).status).toBe(404);
  });

  test.each([
    ['a period that ends before it begins', { from: '2026-02-10', to: '2026-02-01' }],
    ['a time that is none', { from: 'last week' }],
    ['a negative limit', { limit: -1 }],
    ['no JSON', '{'],
  ])('is refused for %s', async (_, request) => {
    expect((await playground.management('POST', '/messages/exports', request)).status).toBe(422);
  });

  test.each(['GET', 'DELETE'])('that does not exist answers %s with 4018', async (method) => {
    const { status, body } = await playground.management(method, '/messages/exports/unknown');

    expect(status).toBe(404);
    expect(body).toEqual({
      code: 4018,
      message: 'Invalid jobId',
      errorId: expect.any(String),
      timestamp: expect.any(String),
    });
  });
});
