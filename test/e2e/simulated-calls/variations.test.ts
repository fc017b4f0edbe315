import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  documentedVariations,
  type PartialVariations,
  type Variations,
  variationCases,
  variationChoices,
  withVariations,
} from '../../../lib/simulated-8x8/model/variations.ts';
import { LOCAL_API_KEY, LOCAL_SUB_ACCOUNT } from '../../../lib/simulated-8x8/start-simulated-8x8.ts';
import { isDecided, type Json, type MaskedService, type Ride, startMaskedService } from './masked-service.ts';
import { asToldBy, callOf, comparable, type SceneName, sceneNames, withoutIds } from './variation-scenes.ts';

let masked: MaskedService;
let rides: { recorded: Ride; unrecorded: Ride };

beforeAll(async () => {
  // A slow machine must not make a caller hear an apology.
  masked = await startMaskedService({ context: { 'callers.deadlineMs': 5_000 } });
  rides = { recorded: await masked.book(), unrecorded: await masked.book({ recordCalls: false }) };
  await masked.simulator('PUT', '/simulator/delivery', { timeoutMs: 60_000 });
}, 120_000);

afterAll(() => masked[Symbol.asyncDispose]());

type Setting = keyof Variations;

/** Where a deviation shows that is in no webhook of a call, and what then goes through it. */
const elsewhere = {
  recordingStatusApi: ['recordingStart', 'recordingStatus'],
  numbers: ['numberUpdates'],
  account: ['existingWebhook', 'numberWebhookRemoval'],
  sendCallflow: ['rejectedCallflow'],
  /** Only for callers who are asked to key something in, which the service asks of nobody. */
  captures: ['captureDefaults', 'sampleCallflows'],
  /** Only for whoever exports the log of calls. */
  exports: ['exportJobs'],
} as const satisfies Record<string, readonly Setting[]>;

/** Where it shows beside a call that is bridged and one that is not answered. */
const further: { readonly [Name in Setting]?: readonly SceneName[] } = {
  cancelled: ['given up by the caller'],
  unreached: ['to a busy line'],
  numbers: ['without coverage', 'that was never summed up'],
  errorDetails: ['without coverage'],
  errorLegStatus: ['without coverage'],
  noCoverageCode: ['without coverage'],
  noCoverageLeg: ['without coverage'],
  eventErrors: ['without coverage'],
  withheldSource: ['from a hidden number'],
  lastAction: ['from a stranger'],
  plusSign: ['from a stranger', 'that was never summed up'],
  timestamps: ['that was never summed up'],
  callStatusEvents: ['that was never summed up'],
};

const settingOf = (variations: PartialVariations): Setting => {
  const [setting] = Object.keys(variations) as Setting[];
  if (setting === undefined) throw new Error('A case varies one setting.');
  return setting;
};

const casesOf = (...settings: readonly Setting[]) =>
  variationCases.filter(({ variations }) => settings.includes(settingOf(variations)));

const notInCalls: readonly Setting[] = Object.values(elsewhere).flat();
const inCalls = variationCases.filter(({ variations }) => !notInCalls.includes(settingOf(variations)));

const alone = inCalls.flatMap(({ name, variations }) =>
  (['bridged and recorded', 'not answered', ...(further[settingOf(variations)] ?? [])] as SceneName[])
    // Without a summary and without events nothing is known of how a call ended.
    .filter((scene) => !(scene === 'that was never summed up' && hidesEvents(variations)))
    .map((scene) => ({ name, scene, variations })),
);

function hidesEvents({ callStatusEvents }: PartialVariations): boolean {
  return callStatusEvents === 'none' || callStatusEvents === 'bare';
}

const mostChoices = Math.max(...Object.values(variationChoices).map((choices) => choices.length));

/** As many accounts as the longest list of choices has deviations; between them they deviate in every way. */
const allAtOnce = Array.from({ length: mostChoices - 1 }, (_, account) =>
  withVariations(
    documentedVariations,
    Object.fromEntries(
      Object.entries(variationChoices).map(([setting, [, ...deviations]]) => [
        setting,
        deviations[account % deviations.length],
      ]),
    ),
  ),
);

async function played(scene: SceneName, variations: PartialVariations): Promise<Json> {
  const call = await masked.call(callOf(scene, rides, variations));
  const isTold = ({ status, recordings }: Json): boolean =>
    (scene === 'that was never summed up' || status !== 'IN_PROGRESS') &&
    recordings.length === (call.recordingKey === null ? 0 : 1);
  return withoutIds(await masked.session(call.sessionId, (view) => isDecided(view) && isTold(view)));
}

const plainRuns = new Map<SceneName, Promise<Json>>();

function plainRun(scene: SceneName): Promise<Json> {
  const known = plainRuns.get(scene) ?? played(scene, {});
  plainRuns.set(scene, known);
  return known;
}

describe('a plain run of each scene', () => {
  test.each([
    ['bridged and recorded', 'COMPLETED', 'answered', 40, 1],
    ['bridged and not recorded', 'COMPLETED', 'answered', 40, 0],
    ['not answered', 'NO_ANSWER', 'missed', 0, 0],
    ['to a busy line', 'BUSY', 'busy', 0, 0],
    ['given up by the caller', 'CANCELED', 'canceled', 0, 0],
    ['without coverage', 'ERROR', 'error', 0, 0],
    ['from a hidden number', 'COMPLETED', 'refused', 0, 0],
    ['from a stranger', 'COMPLETED', 'refused', 0, 0],
    ['that was never summed up', 'DISCONNECTED', 'answered', 40, 1],
  ] as const)('%s is %s: %s', async (scene, status, outcome, durationSeconds, recordings) => {
    const session = await plainRun(scene);

    expect(session).toMatchObject({ status, outcome, durationSeconds });
    expect(session.recordings).toHaveLength(recordings);
    expect(session.recordings.every(({ isTheRightObject }: Json) => isTheRightObject)).toBe(true);
  });
});

describe('however the platform words it, the API shows the same session', () => {
  async function expectTheSame(scene: SceneName, deviation: PartialVariations, say: typeof expect) {
    const variations = withVariations(documentedVariations, deviation);
    const shown = comparable(variations, await played(scene, deviation));

    say(shown).toEqual(comparable(variations, asToldBy(variations, await plainRun(scene))));
  }

  test.concurrent.for(alone)('$name, on a call $scene', async ({ scene, variations }, context) => {
    await expectTheSame(scene, variations, context.expect);
  });

  // Of few settings are there more than three deviations, so further accounts show little that is new.
  const scenesOf = (account: number): readonly SceneName[] =>
    account < 3 ? sceneNames : ['bridged and recorded', 'not answered'];
  const together = allAtOnce.flatMap((variations, account) =>
    scenesOf(account)
      .filter((scene) => !(scene === 'that was never summed up' && hidesEvents(variations)))
      .map((scene) => ({ account: account + 1, scene, variations })),
  );

  test.concurrent.for(together)(
    'all at once on account $account, on a call $scene',
    async ({ scene, variations }, context) => {
      await expectTheSame(scene, variations, context.expect);
    },
  );

  test.concurrent.for(['event-data-object', 'event-data-string', 'payload-field'] as const)(
    'keys pressed after the other party left, told in the form %s',
    async (dtmf, context) => {
      const deviation = { dtmf, postBridgeAction: 'sent' } as const;
      const request = callOf('bridged and recorded', rides, deviation);

      const call = await masked.call({ ...request, dtmf: ['1'] });

      const asked = call.exchanges.filter(({ webhook }: Json) => webhook === 'VCA');
      context.expect(asked.map(({ response, problem }: Json) => [response.status, problem])).toEqual([
        [200, null],
        [200, null],
      ]);
      // Nothing in the request proves that the two have parted, so nothing is done to their call.
      context.expect(asked[1].response.body).toEqual({ callflow: [] });
      const session = await masked.session(call.sessionId);
      context.expect(session).toMatchObject({ outcome: 'answered', decision: { kind: 'connect' } });
    },
  );
});

describe('however the platform words it, everything beside the calls goes the same way', () => {
  const thirtyMinutesAgo = () => new Date(Date.now() - 30 * 60_000).toISOString();

  test('a recording that nobody reported is found by what the status API says of it', async () => {
    const deviations = [
      {},
      ...casesOf(...elsewhere.recordingStatusApi, 'recordingKey', 'recordingDate').map(
        ({ variations }) => variations,
      ),
      allAtOnce[0] ?? {},
    ];
    const unreported = { at: thirtyMinutesAgo(), faults: { VRU: { drop: 1 } }, recording: 'uploaded' };
    const calls: Json[] = [];
    for (const deviation of deviations) {
      const request = callOf('bridged and recorded', rides, deviation);
      const call = await masked.call({ ...request, ...unreported });
      calls.push(call);
      // The reconciler looks only at sessions that are over.
      await masked.session(call.sessionId, ({ status }) => status === 'COMPLETED');
    }

    await runSchedule('RecordingReconciliation');

    const found: Json[] = [];
    for (const { sessionId, recordingKey } of calls) {
      const { recordings } = await masked.session(sessionId, (view) => view.recordings[0]?.verified);
      expect(recordings).toMatchObject([{ verified: true, key: recordingKey }]);
      found.push(recordings[0].sizeBytes);
    }
    expect(new Set(found).size).toBe(1);
  });

  test.each(casesOf(...elsewhere.account))('the set-up of the account: $name', async ({ variations }) => {
    const before = await account('webhooks');
    await masked.simulator('PUT', '/simulator/variations', variations);
    await account('webhooks/VSS', 'DELETE');

    for (const resource of masked.service.cloud.deployment.customResources) {
      const { functionName, properties } = resource;
      const request = { RequestType: 'Create', ResourceProperties: properties };
      expect(await masked.service.cloud.lambda.invoke(functionName, request)).toMatchObject({
        kind: 'answered',
      });
    }
    await masked.simulator('PUT', '/simulator/variations', {});

    const byType = ({ webhooks }: Json) =>
      webhooks.toSorted((one: Json, other: Json) => (one.type < other.type ? -1 : 1));
    expect(byType(await account('webhooks'))).toEqual(byType(before));
  });

  test.each([{ name: 'as documented', variations: {} }, ...casesOf(...elsewhere.sendCallflow)])(
    'a callflow that is refused: $name',
    async ({ variations }) => {
      const { bookingId, virtualNumber } = await masked.book();
      const number = `/simulator/numbers/${encodeURIComponent(virtualNumber)}`;
      const silently = { faults: { VNU: { drop: 1 } } };
      await masked.simulator('DELETE', number, silently);
      await masked.simulator('PUT', '/simulator/variations', variations);

      const answer = await masked.api('POST', `/v1/bookings/${bookingId}/calls`);
      await masked.simulator('PUT', '/simulator/variations', {});
      await masked.simulator('PUT', number, silently);

      expect(answer).toMatchObject({
        status: 502,
        body: { code: 'EIGHT_BY_EIGHT_REFUSED', reason: 'callflow-rejected' },
      });
      expect(answer.body.detail).toContain('must be a virtual number of this sub-account');
    },
  );

  const reports = [
    ...casesOf(...elsewhere.numbers, 'plusSign', 'timestamps', 'keyOrder', 'unknownFields'),
    ...allAtOnce.map((variations, account) => ({
      name: `all at once on account ${account + 1}`,
      variations,
    })),
  ];

  // The last of all, since it moves the clock of the platform.
  test.each(reports)('a report of numbers: $name', async ({ variations }) => {
    const number = '+6531290008';
    const path = `/simulator/numbers/${encodeURIComponent(number)}/health`;
    const stateAfter = async (operationalStatus: string) => {
      // Reports of one second are one to an account that counts no smaller time.
      await masked.simulator('PUT', '/simulator/clock', { advanceSeconds: 60 });
      await masked.simulator('POST', path, { operationalStatus, variations });
      const { body } = await masked.api('GET', '/v1/numbers?limit=100');
      return body.items.find(({ virtualNumber }: Json) => virtualNumber === number)?.state;
    };

    expect(await stateAfter('Unhealthy')).toBe('unhealthy');
    expect(await stateAfter('Expiring')).toBe('expiring');
    expect(await stateAfter('Active')).toBe('active');
  });
});

async function runSchedule(part: string): Promise<void> {
  const id = masked.service.cloud.schedules.ids().find((logicalId) => logicalId.includes(part));
  await masked.api('POST', `/local-cloud/schedules/${id}/run`);
}

async function account(path: string, method = 'GET'): Promise<Json> {
  const url = `${masked.service.companion?.url}/api/v1/subaccounts/${LOCAL_SUB_ACCOUNT}/${path}`;
  const response = await fetch(url, { method, headers: { authorization: `Bearer ${LOCAL_API_KEY}` } });
  return response.json();
}
