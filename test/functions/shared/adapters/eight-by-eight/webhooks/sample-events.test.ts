import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { parseCallAction } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/call-action-event.ts';
import { parseCallStatus } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/call-status-event.ts';
import { parseNumberUpdated } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/number-updated-event.ts';
import { parseRecordingUploaded } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/recording-uploaded-event.ts';
import { parseSessionSummary } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/session-summary-event.ts';

const eventFolder = path.join(import.meta.dirname, '../../../../../events');

/** An HTTP API event in payload format 2.0, as API Gateway hands it to a function. */
const httpApiEvent = z.strictObject({
  version: z.literal('2.0'),
  routeKey: z.string(),
  rawPath: z.string(),
  rawQueryString: z.literal(''),
  headers: z.record(z.string().lowercase(), z.string()),
  requestContext: z.strictObject({
    accountId: z.string(),
    apiId: z.string(),
    domainName: z.string(),
    domainPrefix: z.string(),
    http: z.strictObject({
      method: z.literal('POST'),
      path: z.string(),
      protocol: z.string(),
      sourceIp: z.ipv4(),
      userAgent: z.string(),
    }),
    requestId: z.string(),
    routeKey: z.string(),
    stage: z.literal('$default'),
    time: z.string(),
    timeEpoch: z.int(),
  }),
  body: z.string(),
  isBase64Encoded: z.literal(false),
});

const parsers = {
  'call-action': parseCallAction,
  'call-status': parseCallStatus,
  'session-summary': parseSessionSummary,
  'recording-uploaded': parseRecordingUploaded,
  'number-updated': parseNumberUpdated,
};

test('there is one sample event for each webhook', () => {
  expect(readdirSync(eventFolder).toSorted()).toEqual(
    Object.keys(parsers)
      .map((webhook) => `${webhook}.json`)
      .toSorted(),
  );
});

describe.each(Object.entries(parsers))('sample event of %s', (webhook, parse) => {
  const event = httpApiEvent.parse(
    JSON.parse(readFileSync(path.join(eventFolder, `${webhook}.json`), 'utf8')),
  );

  test('is addressed to the route of its webhook', () => {
    expect([event.routeKey, event.requestContext.routeKey]).toEqual(
      Array(2).fill(`POST /webhooks/${webhook}`),
    );
    expect([event.rawPath, event.requestContext.http.path]).toEqual(Array(2).fill(`/webhooks/${webhook}`));
  });

  test('carries the secret of the local cloud and the length of its body', () => {
    expect(event.headers).toMatchObject({
      authorization: 'Bearer local-webhook-secret',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(event.body)),
    });
  });

  test('carries a body that its webhook accepts', () => {
    expect(parse(JSON.parse(event.body)).ok).toBe(true);
  });
});
