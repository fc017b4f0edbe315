import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  documentedVariations,
  variationCases,
  withheldCallers,
  withVariations,
} from '../../../../lib/simulated-8x8/model/variations.ts';
import {
  capture,
  DRIVER,
  hangup,
  makeCall,
  type Playground,
  RIDER,
  startPlayground,
} from '../../../support/simulated-8x8/playground.ts';
import { field, objectAt } from '../../../support/simulated-8x8/read-event.ts';
import { type S3Stub, startS3Stub } from '../../../support/simulated-8x8/s3-stub.ts';

let s3: S3Stub;
let playground: Playground;
beforeAll(async () => {
  s3 = await startS3Stub('AKIARECORDINGS');
  playground = await startPlayground({ s3Endpoint: s3.url });
});
afterAll(async () => {
  await playground.stop();
  await s3.stop();
});
beforeEach(async () => {
  await playground.startOver();
  await playground.management('POST', '/recording-push-config', {
    protocol: 'S3',
    host: 'ap-southeast-1',
    username: 'AKIARECORDINGS',
    password: 'recordings-secret',
    path: '/masked-calls/recordings/',
  });
});

const event = (webhook: string, index = 0) => playground.endpoint.of(webhook).at(index)?.body;
const leg = (name: string) => objectAt(event('VSS'), `payload.details.${name}`);
const call = (request: object, ...callflow: object[]) => {
  playground.answerWith(...callflow);
  return playground.call(request);
};
const askFirst = (request: object) => {
  playground.answerInTurn({ body: { callflow: [capture()] } }, { body: { callflow: [makeCall()] } });
  return playground.call({ dtmf: ['4711'], ...request });
};
const bridged = () => call({}, makeCall({ callRecording: true }));
const uncovered = () => call({}, makeCall({ destination: '+8816123456789' }));
const recordingStatus = async () => {
  const { sessionId } = await bridged();
  return field((await playground.management('GET', `/recordings/${sessionId}`)).body, 'recordings.0');
};

/** What each deviation looks like on the wire. The variation is thrown before the function runs. */
const appearances: Record<string, () => Promise<void>> = {
  'legKeys: CallA': async () => {
    await bridged();
    expect(Object.keys(objectAt(event('VSS'), 'payload.details'))).toEqual(['CallB', 'CallA']);
  },
  'legOrder: callA-first': async () => {
    await bridged();
    expect(Object.keys(objectAt(event('VSS'), 'payload.details'))).toEqual(['callA', 'callB']);
  },
  'noAnswer: NO ANSWER': async () => {
    await call({ answer: 'no-answer' }, makeCall());
    expect([field(event('VSS'), 'payload.sessionStatus'), leg('callB').callStatus]).toEqual([
      'NO ANSWER',
      'NO ANSWER',
    ]);
  },
  'cancelled: CANCELLED': async () => {
    await call({ answer: 'cancelled' }, makeCall());
    expect([field(event('VSS'), 'payload.sessionStatus'), leg('callA').callStatus]).toEqual([
      'CANCELLED',
      'CANCELLED',
    ]);
  },
  'unreached: FAILED': async () => {
    await call({ answer: 'busy' }, makeCall());
    await call({ answer: 'no-answer' }, makeCall());
    const summaries = playground.endpoint.of('VSS').map(({ body }) => body);
    expect(
      summaries.map((body) => [
        field(body, 'payload.sessionStatus'),
        objectAt(body, 'payload.details.callB').callStatus,
      ]),
    ).toEqual([
      ['FAILED', 'BUSY'],
      ['FAILED', 'NO_ANSWER'],
    ]);
  },
  'numbers: string': async () => {
    await uncovered();
    expect(field(event('VSS'), 'payload.errorDetails.errorCode')).toBe('-2004');
    expect(field(event('VCA'), 'payload.callDuration')).toBe('0');
    expect(leg('callA').callDuration).toBe('0');
  },
  'dtmf: event-data-string': async () => {
    await askFirst({});
    expect(objectAt(event('VCA', 1), 'payload')).toMatchObject({
      callStatus: 'ACTION_COMPLETED',
      eventData: '4711',
    });
  },
  'dtmf: payload-field': async () => {
    await askFirst({});
    expect(objectAt(event('VCA', 1), 'payload')).toMatchObject({ callStatus: 'DTMF_RECEIVED', dtmf: '4711' });
    expect(objectAt(event('VCA', 1), 'payload')).not.toHaveProperty('eventData');
  },
  'referenceIds: absent': () => expectReferences({}, {}),
  'referenceIds: unused-null': () =>
    expectReferences(
      { sourceRefId: null, destinationRefId: 'RANGE' },
      { sourceRefId: 'RANGE', destinationRefId: null },
    ),
  'referenceIds: both-null': () =>
    expectReferences(
      { sourceRefId: null, destinationRefId: null },
      { sourceRefId: null, destinationRefId: null },
    ),
  'referenceIds: text-null': () =>
    expectReferences(
      { sourceRefId: 'null', destinationRefId: 'RANGE' },
      { sourceRefId: 'RANGE', destinationRefId: 'null' },
    ),
  'referenceIds: capitalised': () =>
    expectReferences({ DestinationRefId: 'RANGE' }, { SourceRefId: 'RANGE' }),
  'referenceIds: reversed': () => expectReferences({ sourceRefId: 'RANGE' }, { destinationRefId: 'RANGE' }),
  'plusSign: without': async () => {
    await bridged();
    await playground.simulator('POST', '/simulator/numbers/6531290001/health', {
      operationalStatus: 'Active',
    });
    expect(objectAt(event('VCA'), 'payload')).toMatchObject({
      source: '6591110001',
      destination: '6531290001',
    });
    expect(objectAt(event('VCS', 1), 'payload')).toMatchObject({
      source: '6531290001',
      destination: '6591110002',
    });
    expect(leg('callB')).toMatchObject({ source: '6531290001', destination: '6591110002' });
    expect(field(event('VNU'), 'payload.virtualNumbers.0.msisdn')).toBe('6531290001');
  },
  'timestamps: seconds': async () => {
    await bridged();
    expect(field(event('VCA'), 'payload.timestamp')).toBe('2026-02-16T03:14:07Z');
    expect(field(event('VCS'), 'payload.timestamp')).toBe('2026-02-16T03:14:07Z');
  },
  'keyOrder: payload-first': async () => {
    await bridged();
    expect(playground.endpoint.deliveries.every(({ text }) => text.startsWith('{"payload":'))).toBe(true);
  },
  'keyOrder: envelope-first': async () => {
    await bridged();
    expect(playground.endpoint.deliveries.every(({ text }) => text.startsWith('{"namespace":"VOICE"'))).toBe(
      true,
    );
  },
  'unknownFields: present': async () => {
    await bridged();
    for (const { body } of playground.endpoint.deliveries) {
      expect(body.traceId).toEqual(expect.any(String));
      expect(field(body, 'payload.carrier.name')).toEqual(expect.any(String));
    }
  },
  'envelopeVersion: present': async () => {
    await bridged();
    expect(event('VSS')).toMatchObject({ version: 5, payload: { clientRequestId: 'survey-7731' } });
    expect(event('VCA')).not.toHaveProperty('version');
  },
  'lastAction: MakeCall': () => expectLastActions('MakeCall', 'Say'),
  'lastAction: makeCall': () => expectLastActions('makeCall', 'say'),
  'lastAction: PLAY_TTS': () => expectLastActions('MAKE_CALL', 'PLAY_TTS'),
  'countryCodes: null': async () => {
    await bridged();
    expect(objectAt(event('VCA'), 'payload')).toMatchObject({
      sourceCountryCode: null,
      destinationCountryCode: null,
    });
    expect(leg('callB')).toMatchObject({ sourceCountryCode: null, destinationCountryCode: null });
  },
  'withheldSource: absent': async () => {
    for (const from of withheldCallers) await call({ from }, hangup);
    await call({ from: RIDER }, hangup);
    expect(playground.endpoint.of('VCA').map(({ payload }) => payload.source)).toEqual([
      undefined,
      undefined,
      undefined,
      RIDER,
    ]);
  },
  'errorDetails: captured': async () => {
    await uncovered();
    expect(objectAt(event('VSS'), 'payload.errorDetails')).toMatchObject({
      callFlowRequestId: expect.any(String),
      action: 'MAKE_CALL',
      errorCode: -2004,
    });
  },
  'errorLegStatus: FAILED': async () => {
    await uncovered();
    expect([field(event('VSS'), 'payload.sessionStatus'), leg('callA').callStatus]).toEqual([
      'ERROR',
      'FAILED',
    ]);
  },
  'noCoverageCode: -2005': async () => {
    await uncovered();
    expect(objectAt(event('VSS'), 'payload.errorDetails')).toEqual({
      errorMsg: 'No coverage available for requested area',
      errorCode: -2005,
    });
  },
  'noCoverageCode: -1004': async () => {
    await uncovered();
    expect(field(event('VSS'), 'payload.errorDetails.errorCode')).toBe(-1004);
  },
  'noCoverageLeg: outbound': async () => {
    await uncovered();
    expect(objectAt(event('VSS'), 'payload')).toMatchObject({ callCount: 1, sessionStatus: 'ERROR' });
    expect(leg('callA')).toMatchObject({
      callDirection: 'OUTBOUND',
      callStatus: 'ERROR',
      destination: '+8816123456789',
    });
  },
  'durations: one-second-less': async () => {
    await call({ talkSeconds: 40 }, makeCall());
    expect(leg('callB').callDuration).toBe(39);
  },
  'unansweredCaller: connected': async () => {
    await call({ answer: 'busy' }, makeCall());
    expect(leg('callA')).toMatchObject({ callStatus: 'COMPLETED', connectedTimestamp: expect.any(String) });
    expect(leg('callB')).not.toHaveProperty('connectedTimestamp');
  },
  'callStatusEvents: chatty': async () => {
    await askFirst({});
    const statuses = playground.endpoint.of('VCS').map(({ payload }) => payload.callStatus);
    expect(statuses).toContain('CALL_UPDATED');
    expect(statuses).toContain('DTMF_RECEIVED');
  },
  'callStatusEvents: none': async () => {
    await bridged();
    expect(playground.endpoint.of('VCS')).toEqual([]);
  },
  'callStatusEvents: bare': async () => {
    await bridged();
    expect(playground.endpoint.of('VCS').map(({ body }) => body)).toEqual(
      ['RINGING', 'RINGING', 'ANSWERED', 'ANSWERED', 'COMPLETED', 'COMPLETED'].map((status) => ({ status })),
    );
  },
  'eventErrors: present': async () => {
    await uncovered();
    await bridged();
    const told = playground.endpoint.of('VCS').filter(({ payload }) => payload.errorDetails !== undefined);
    expect(told.map(({ payload }) => payload)).toMatchObject([
      { callStatus: 'CALL_DISCONNECTED', errorDetails: { errorCode: -2004 } },
    ]);
  },
  'postBridgeAction: sent': async () => {
    playground.answerInTurn(
      { body: { clientActionId: 'post_call', callflow: [makeCall()] } },
      { body: { callflow: [hangup] } },
    );
    const report = await playground.call();
    expect(objectAt(event('VCA', 1), 'payload')).toMatchObject({
      callStatus: 'ACTION_COMPLETED',
      callDirection: 'INBOUND',
      clientActionId: 'post_call',
    });
    expect(report.lastAction).toBe('HANGUP');
  },
  'recordingReport: before-summary': async () => {
    await bridged();
    expect(playground.endpoint.deliveries.slice(-2).map(({ webhook }) => webhook)).toEqual(['VRU', 'VSS']);
  },
  'recordingKey: flat': async () => {
    const { recordingKey } = await bridged();
    expect(recordingKey).toMatch(/^recordings\/[0-9a-f-]{36}\/[^/]+\.mp3$/);
  },
  'recordingDate: next-day': async () => {
    const { recordingKey } = await bridged();
    expect(recordingKey).toMatch(/^recordings\/2026-02-17\/.+_2026-02-16T/);
  },
  'recordingFilePath: push-path': async () => {
    await bridged();
    expect(field(event('VRU'), 'payload.filePath')).toMatch(/^masked-calls\/recordings\//);
  },
  'recordingStart: unset': async () => {
    expect(await recordingStatus()).toMatchObject({ startRecordingTime: '1969-12-31T23:59:59.999Z' });
  },
  'recordingStatus: openapi': async () => {
    expect(await recordingStatus()).toMatchObject({
      sessionid: expect.any(String),
      status: 'completed',
      duration: 30,
    });
  },
  'numberUpdates: changed': async () => {
    await playground.simulator('POST', '/simulator/numbers/6531290002/health', {
      operationalStatus: 'Expiring',
    });
    expect(objectAt(event('VNU'), 'payload')).toMatchObject({
      totalNumbers: 10,
      virtualNumbers: [{ msisdn: '+6531290002', updateStatus: 'UPDATED' }],
    });
  },
  'existingWebhook: refused': async () => {
    const { status, body } = await playground.management('POST', '/webhooks', {
      type: 'VSS',
      url: 'https://hooks.example',
    });
    expect([status, body.statusCode]).toEqual([422, '1001']);
  },
  'existingWebhook: duplicated': async () => {
    const { body } = await playground.management('POST', '/webhooks', {
      type: 'VSS',
      url: 'https://hooks.example',
    });
    expect(body.count).toBe(6);
  },
  'numberWebhookRemoval: refused': async () => {
    expect((await playground.management('DELETE', '/webhooks/VNU')).status).toBe(404);
    expect((await playground.management('GET', '/webhooks')).body.count).toBe(5);
  },
  'rejectedCallflow: NOT CREATED': async () => {
    const { body } = await playground.management('POST', '/callflows', { callflow: [hangup] });
    expect(body).toMatchObject({ sessionStatus: 'NOT CREATED', statusCode: -1013 });
  },
  'sampleCallflows: played': async () => {
    playground.answerInTurn(
      { body: { callflow: [capture({ digitTimeout: 10_000, overallTimeout: 10_000 })] } },
      { body: { callflow: [makeCall({ clientActionId: 'post_call' })] } },
    );
    const { status, connectedTo } = await playground.call({ dtmf: ['4711'] });
    expect({ status, connectedTo }).toEqual({ status: 'COMPLETED', connectedTo: DRIVER });
  },
  'exportJobs: in-stages': async () => {
    await bridged();
    expect(await exportStages(3)).toEqual(['queued', 'running', 'succeeded']);
  },
  'exportJobs: failed': async () => {
    await bridged();
    expect(await exportStages(2)).toEqual(['failed', 'failed']);
  },
  'captureDefaults: openapi': async () => {
    playground.answerInTurn(
      {
        body: {
          callflow: [
            { action: 'sayAndCapture', params: { promptMessage: 'Press one.', voiceProfile: 'en-GB-Emma' } },
          ],
        },
      },
      { body: { callflow: [hangup] } },
    );
    const { heard } = await playground.call();
    expect(heard).toEqual(['Press one.']);
  },
};

/** What a new export of the log says when somebody asks so many times. */
async function exportStages(times: number): Promise<unknown[]> {
  const { body } = await playground.management('POST', '/messages/exports', {});
  const stages: unknown[] = [];
  for (let asked = 0; asked < times; asked += 1) {
    const job = await playground.management('GET', `/messages/exports/${String(body.jobId)}`);
    stages.push(job.body.status);
  }
  return stages;
}

async function expectReferences(inbound: object, outbound: object): Promise<void> {
  await bridged();
  const withRange = (ids: object) =>
    JSON.parse(JSON.stringify(ids).replaceAll('RANGE', 'local-masking-range-01'));
  const idsOf = (fields: object) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => /RefId$/i.test(name)));
  expect(idsOf(objectAt(event('VCA'), 'payload'))).toEqual(withRange(inbound));
  expect(idsOf(objectAt(event('VCS', 1), 'payload'))).toEqual(withRange(outbound));
  expect(idsOf(leg('callA'))).toEqual(withRange(inbound));
  expect(idsOf(leg('callB'))).toEqual(withRange(outbound));
}

async function expectLastActions(makeCallWord: string, sayWord: string): Promise<void> {
  await bridged();
  await call({}, { action: 'say', params: { text: 'Hello.', voiceProfile: 'en-GB-Emma' } });
  expect(playground.endpoint.of('VSS').map(({ payload }) => payload.lastAction)).toEqual([
    makeCallWord,
    sayWord,
  ]);
}

describe('a variation', () => {
  test('is described here for every choice that there is', () => {
    expect(Object.keys(appearances).sort()).toEqual(variationCases.map(({ name }) => name).sort());
  });

  test.each(variationCases)('shows as it is named: $name', async ({ name, variations }) => {
    await playground.simulator('PUT', '/simulator/variations', variations);

    await appearances[name]?.();

    expect.hasAssertions();
  });

  test.each(variationCases)('does not change what a call amounts to: $name', async ({ variations }) => {
    const report = await call({ seed: 3, variations }, makeCall({ callRecording: true }));

    expect(report).toMatchObject({
      status: 'COMPLETED',
      connectedTo: DRIVER,
      legs: [
        { status: 'COMPLETED', source: RIDER, durationSeconds: 30 },
        { status: 'COMPLETED', destination: DRIVER, durationSeconds: 30 },
      ],
    });
    expect(s3.objects.at(-1)?.key).toBe(report.recordingKey);
  });

  test('of a call goes before one of the run', async () => {
    await playground.simulator('PUT', '/simulator/variations', {
      plusSign: 'without',
      timestamps: 'seconds',
    });

    await call({ variations: { plusSign: 'with' } }, hangup);

    expect(objectAt(event('VCA'), 'payload')).toMatchObject({
      source: RIDER,
      timestamp: '2026-02-16T03:14:07Z',
    });
  });

  test('can be combined with all the others', async () => {
    const all = withVariations(documentedVariations, ...variationCases.map(({ variations }) => variations));
    await playground.simulator('PUT', '/simulator/variations', { ...all, callStatusEvents: 'chatty' });

    const report = await call({}, makeCall({ callRecording: true }));

    expect(report).toMatchObject({ status: 'COMPLETED', connectedTo: DRIVER });
    expect(field(event('VSS'), 'payload.details.CallB.callDuration')).toBe('29');
  });
});

describe('after a bridged call, an account that asks again', () => {
  const variations = { postBridgeAction: 'sent' };

  test('tells the keys that were pressed meanwhile', async () => {
    playground.answerInTurn({ body: { callflow: [makeCall()] } }, { body: { callflow: [hangup] } });

    await playground.call({ variations, dtmf: ['9#'] });

    expect(objectAt(event('VCA', 1), 'payload')).toMatchObject({ eventData: { dtmf: '9#' } });
  });

  test.each([
    ['takes a hangup', { callflow: [hangup] }, null],
    ['takes an empty callflow', { callflow: [] }, null],
    ['takes another answer for nothing', { status: 'ignored' }, expect.stringMatching(/unknown field/)],
    [
      'refuses a third leg but keeps the call',
      { callflow: [makeCall()] },
      expect.stringMatching(/Too many makeCall/),
    ],
  ])('%s', async (_, answer, problem) => {
    playground.answerInTurn({ body: { callflow: [makeCall()] } }, { body: answer });

    const report = await playground.call({ variations });

    expect(report).toMatchObject({ status: 'COMPLETED', error: null, connectedTo: DRIVER });
    expect(
      report.exchanges.filter(({ webhook }) => webhook === 'VCA').map((exchange) => exchange.problem),
    ).toEqual([null, problem]);
  });

  test('speaks to the caller who stayed', async () => {
    playground.answerInTurn(
      { body: { callflow: [makeCall()] } },
      {
        body: { callflow: [{ action: 'say', params: { text: 'How was it?', voiceProfile: 'en-GB-Emma' } }] },
      },
    );

    const report = await playground.call({ variations, talkSeconds: 30 });

    expect(report.heard).toEqual(['How was it?']);
    expect(report.legs.map(({ durationSeconds }) => durationSeconds)).toEqual([31, 30]);
  });

  test('does not ask a caller who hung up', async () => {
    await call({ variations, hangUpAfterSeconds: 20 }, makeCall());

    expect(playground.endpoint.of('VCA')).toHaveLength(1);
  });
});
