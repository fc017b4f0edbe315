import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createBookingApiHandler } from '../../functions/booking-api/handler.ts';
import { bookingOperations } from '../../functions/booking-api/operations/bookings.ts';
import { numberOperations } from '../../functions/booking-api/operations/numbers.ts';
import { readCallerMessages } from '../../functions/call-action/caller-messages.ts';
import { createCallActionHandler } from '../../functions/call-action/handler.ts';
import { createCallStatusHandler } from '../../functions/call-status/handler.ts';
import { createNumberUpdatedHandler } from '../../functions/number-updated/handler.ts';
import { createRecordingUploadedHandler } from '../../functions/recording-uploaded/handler.ts';
import { createSessionSummaryHandler } from '../../functions/session-summary/handler.ts';
import { createLogger } from '../../functions/shared/observability/logger.ts';
import type { SessionRecorder } from '../../functions/shared/ports/call-record.ts';
import type { RecordingFinder } from '../../functions/shared/ports/recordings.ts';
import { seededRandom } from '../../lib/pool-planner/seeded-random.ts';
import { callActionBody, callBodies } from '../soak/masked-call.ts';
import { NOON_MS } from '../support/bookings.ts';
import { createMemoryWorld } from '../support/memory-booking-store.ts';
import { AUTHORIZATION, answerOf, sampleEvent } from '../webhooks/support.ts';

const CALLS = 10_000;
const CALLS_PER_BOOKING = 10;
const DAY_MS = 86_400_000;
const POOL_SIZE = 20;

const personNumber = (n: number): string => `+6591${String(n).padStart(6, '0')}`;
const poolNumber = (n: number): string => `+6531${String(n).padStart(6, '0')}`;

/** Something of ours that fails now and then, and whose errors quote what they failed on, as those of an SDK do. */
function fails(random: () => number, quoted: string): void {
  if (random() < 0.05) {
    throw Object.assign(new Error(`Cannot put item {"S":"PARTY#${quoted}"} of ${quoted.slice(1)}, sorry.`), {
      cause: quoted,
      item: quoted,
    });
  }
}

/** Every function that a call touches, with its real handler, one log for all, and stores that fail. */
function openService(random: () => number) {
  const lines: string[] = [];
  const world = createMemoryWorld({ random });
  const logger = createLogger('day', (line) => lines.push(line));
  const nowMs = () => world.clock.nowMs;
  const partiesOnCall = { quoted: '' };
  const recorder: SessionRecorder = { record: async () => fails(random, partiesOnCall.quoted) };
  const finder: RecordingFinder = {
    async find() {
      fails(random, partiesOnCall.quoted);
      return undefined;
    },
  };
  const queues = {
    keepForRetry: async () => fails(random, partiesOnCall.quoted),
    quarantine: async () => fails(random, partiesOnCall.quoted),
  };
  const house = {
    acceptedAuthorizations: { get: async () => [AUTHORIZATION] },
    allowedSourceIps: undefined,
    logger,
    nowMs,
    queues,
  };
  const webhooks = {
    'call-action': createCallActionHandler({
      ...house,
      callRoutes: {
        async find(...pair) {
          fails(random, partiesOnCall.quoted);
          return world.routes.find(...pair);
        },
      },
      messages: readCallerMessages('{ "default": {}, "byCountry": {} }', 'plus'),
      numberFormat: 'plus',
      deadlineMs: 60_000,
    }),
    'call-status': createCallStatusHandler(house, recorder),
    'session-summary': createSessionSummaryHandler(house, recorder),
    'recording-uploaded': createRecordingUploadedHandler(house, recorder, finder),
    'number-updated': createNumberUpdatedHandler(house, {
      ...world.numbers,
      async findNumber(number) {
        fails(random, number.reveal());
        return world.numbers.findNumber(number);
      },
    }),
  };
  const rules = {
    defaultSeconds: 7200,
    longestSeconds: 86_400,
    coolDownSeconds: 0,
    numbering: 'shared',
    sticky: false,
  } as const;
  const failingStore = {
    ...world.bookings,
    async readContext(...request: Parameters<typeof world.bookings.readContext>) {
      fails(random, request[0].phoneNumbers[0]?.reveal() ?? '');
      return world.bookings.readContext(...request);
    },
  };
  let made = 0;
  const newBookingId = () => {
    made += 1;
    return `booking-${made}`;
  };
  const api = createBookingApiHandler({
    operations: [
      ...bookingOperations({ ...world.deps, newBookingId, store: failingStore, logger, rules }),
      ...numberOperations({ numbers: world.numbers, nowMs }),
    ],
    logger,
    isStoreUnavailable: () => random() < 0.5,
  });
  const samples = new Map(Object.keys(webhooks).map((name) => [name, sampleEvent(name)]));
  const sampleOf = (name: string): APIGatewayProxyEventV2 => samples.get(name) ?? sampleEvent(name);

  return {
    lines,
    clock: world.clock,
    addNumbers: world.addNumbers,
    partiesOnCall,
    send: (webhook: keyof typeof webhooks, body: unknown, authorization: string = AUTHORIZATION) => {
      const sample = sampleOf(webhook);
      const headers = { ...sample.headers, authorization };
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return answerOf(webhooks[webhook], { ...sample, headers, body: text });
    },
    async ask(routeKey: string, body: unknown, path: Record<string, string> = {}) {
      const event = {
        ...sampleOf('call-action'),
        routeKey,
        pathParameters: path,
        body: JSON.stringify(body),
      };
      const answer = await api(event, {} as Context);
      return { status: answer.statusCode ?? 0, json: JSON.parse(answer.body ?? '{}') };
    },
  };
}

type Service = ReturnType<typeof openService>;

/** One call with all its webhooks, some of them forged, damaged or told twice. */
async function playCall(service: Service, n: number, numbers: CallNumbers, random: () => number) {
  const { caller, callee, virtualNumber } = numbers;
  const stray = personNumber(900_000 + n);
  service.partiesOnCall.quoted = caller;
  const source = random() < 0.1 ? stray : caller;
  const told = { sessionId: `session-${n}`, virtualNumber, atMs: service.clock.nowMs };
  const written = random() < 0.3 ? source.slice(1) : source;
  await service.send('call-action', callActionBody({ ...told, caller: written }));
  const talkSeconds = random() < 0.7 ? 60 : 0;
  const { statuses, summary, recording } = callBodies({ ...told, caller: written, callee, talkSeconds });
  for (const body of statuses) await service.send('call-status', body);
  await service.send('session-summary', summary);
  if (recording !== undefined) await service.send('recording-uploaded', recording);
  if (n % 50 === 0) {
    await service.send('call-status', summary, `Bearer ${caller}`);
    await service.send('call-status', {
      eventType: caller,
      payload: { [caller]: callee, sessionId: caller },
    });
    await service.send('call-action', `{"source":"${caller}","destination":${callee.slice(1)}`);
    await service.send('session-summary', `${caller} called ${callee} on ${virtualNumber}`);
    await service.send('number-updated', vnuOf(virtualNumber));
  }
  return stray;
}

interface CallNumbers {
  readonly caller: string;
  readonly callee: string;
  readonly virtualNumber: string;
}

function vnuOf(msisdn: string) {
  const virtualNumbers = [
    { msisdn, operationalStatus: 'Active', countryCode: 'SG' },
    { msisdn: `tel:${msisdn}`, operationalStatus: msisdn },
  ];
  const payload = { subAccountId: msisdn, totalNumbers: 2, updateEventType: 'UPDATES', virtualNumbers };
  return { eventType: 'VIRTUAL_NUMBER_UPDATE', payload };
}

/** Bookings that are made, refused for every kind of reason, searched for, changed and ended. */
async function playBooking(service: Service, n: number, caller: string, callee: string) {
  const parties = [
    { label: 'rider', phoneNumber: caller },
    { label: 'driver', phoneNumber: callee },
  ];
  const made = await service.ask('POST /v1/bookings', {
    parties,
    reference: `ride ${caller}`,
    expiresInSeconds: 3600,
  });
  await service.ask('POST /v1/bookings', { parties, [caller]: callee });
  await service.ask('POST /v1/bookings', {
    parties: [{ phoneNumber: `${caller}0000000` }, { label: callee }],
  });
  await service.ask('POST /v1/bookings', { parties: [parties[0], parties[0]] });
  await service.ask('POST /v1/bookings', { parties, metadata: { [caller]: [callee] } });
  await service.ask('POST /v1/bookings', { parties, [`tel${digitsOf(caller)}x`]: 1 });
  await service.ask('POST /v1/bookings', { parties, metadata: { [`id-${caller.slice(1)}`]: [] } });
  await service.ask('GET /v1/bookings/{bookingId}', undefined, { bookingId: caller });
  await service.ask('PUT /v1/numbers/{e164}', { country: caller }, { e164: `${callee}x` });
  await service.ask('DELETE /v1/numbers/{e164}', undefined, { e164: callee });
  if (n % 2 === 0 && made.status === 201) {
    await service.ask('POST /v1/bookings/{bookingId}/cancel', undefined, { bookingId: made.json.bookingId });
  }
  return made.status === 201 ? String(made.json.virtualNumber) : poolNumber(1);
}

/** The national part of a number: however it is written, these digits follow each other but for what separates them. */
const digitsOf = (number: string): string => number.replace(/\D/g, '').slice(2);

// Random ids and the clock of the machine would now and then spell a number of this day by chance.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON_MS });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the logs of a day', () => {
  test(`with ${CALLS} calls hold none of the phone numbers, in no form`, async () => {
    const random = seededRandom(2026);
    const service = openService(random);
    await service.addNumbers(POOL_SIZE);
    const used = new Set(Array.from({ length: POOL_SIZE }, (_, n) => poolNumber(n + 1)));

    for (let n = 0; n < CALLS; ) {
      service.clock.nowMs = NOON_MS + Math.floor((n / CALLS) * DAY_MS);
      const [caller, callee] = [personNumber(2 * n + 100_000), personNumber(2 * n + 100_001)];
      const virtualNumber = await playBooking(service, n / CALLS_PER_BOOKING, caller, callee);
      for (let call = 0; call < CALLS_PER_BOOKING; call += 1, n += 1) {
        used.add(await playCall(service, n, { caller, callee, virtualNumber }, random));
      }
      for (const number of [caller, callee, virtualNumber]) used.add(number);
    }

    const codes = new Set(service.lines.map((line) => String(JSON.parse(line).code)));
    expect([...codes].toSorted()).toEqual(
      expect.arrayContaining([
        'BOOKING_CREATED',
        'CALL_ACTION_UNREADABLE',
        'CALL_DECIDED',
        'CALL_FALLBACK',
        'NUMBERS_UPDATED',
        'QUARANTINE_FAILED',
        'RECORDING_NOT_LOOKED_FOR',
        'REQUEST_FAILED',
        'REQUEST_REFUSED',
        'WEBHOOK_DEFERRED',
        'WEBHOOK_FAILED',
        'WEBHOOK_QUARANTINED',
        'WEBHOOK_REFUSED',
        'WEBHOOK_UNAUTHENTICATED',
      ]),
    );
    expect(service.lines.length).toBeGreaterThan(CALLS);
    expect(service.lines.filter((line) => line.includes('[number]')).length).toBeGreaterThan(0);
    expect(linesWith(service.lines, used)).toEqual([]);
  }, 240_000);

  test('would be found out: a number in any form is seen in a line', () => {
    const used = new Set(['+6591110001']);
    const forms = ['+6591110001', '6591110001', '"x":"tel:+65 9111-0001;y"', 'a91110001b', '%2B6591110001'];

    expect(linesWith(forms, used)).toEqual(forms);
    expect(linesWith(['2026-11-21T09:11:10.001Z'], used)).toEqual([]);
  });
});

/** Every run of digits in a line, also across blanks and dashes, is held against the digits of every number. */
function linesWith(lines: readonly string[], numbers: ReadonlySet<string>): string[] {
  const wanted = new Set([...numbers].map(digitsOf));
  const length = Math.min(...[...wanted].map((digits) => digits.length));
  return lines.filter((line) =>
    [...line.matchAll(/\d(?:[ ().-]?\d)*/g)].some(([run]) => {
      const digits = run.replace(/\D/g, '');
      for (let at = 0; at + length <= digits.length; at += 1) {
        if (wanted.has(digits.slice(at, at + length))) return true;
      }
      return false;
    }),
  );
}
