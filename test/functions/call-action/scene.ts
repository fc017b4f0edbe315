import { readFile } from 'node:fs/promises';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { readCallerMessages } from '../../../functions/call-action/caller-messages.ts';
import {
  type CallActionDependencies,
  createCallActionHandler,
} from '../../../functions/call-action/handler.ts';
import type { CallRoute } from '../../../functions/shared/domain/call-route.ts';
import { PhoneNumber } from '../../../functions/shared/domain/phone-number.ts';
import { createLogger } from '../../../functions/shared/observability/logger.ts';

export const AUTHORIZATION = 'Bearer local-webhook-secret';
export const NOW_MS = Date.UTC(2026, 10, 21, 12);
export const RIDER = PhoneNumber.from('+6591110001');
export const DRIVER = PhoneNumber.from('+6591110002');
export const NUMBER = PhoneNumber.from('+6531290001');
export const context = {} as Context;

const spoken = (text: string) => ({ say: text, voiceProfile: 'en-US-BenjaminRUS' });
const MESSAGES = JSON.stringify({
  default: {
    'unknown-caller': spoken('Unknown caller.'),
    'anonymous-caller': spoken('Hidden number.'),
    'unreadable-caller': spoken('Unreadable number.'),
    'booking-ended': spoken('Ended.'),
    'booking-expired': spoken('Expired.'),
    'service-unavailable': spoken('Unavailable.'),
    blocked: { hangUp: true },
  },
  byCountry: { ID: { 'unknown-caller': spoken('Tidak dikenal.') } },
});

export const route: CallRoute = {
  bookingId: '01JDBOOKING',
  callee: DRIVER,
  callerId: NUMBER,
  mayCall: true,
  recordCalls: false,
  expiresAtMs: NOW_MS + 1000,
  blocked: false,
  limits: {},
  callCount: 0,
  recentCalls: [],
};

/** The handler with its real middleware, a fixed clock, and `find` in place of the store. */
export function setUp(
  find: () => Promise<CallRoute | undefined>,
  changes: Partial<CallActionDependencies> = {},
) {
  const lines: string[] = [];
  const setAside: unknown[] = [];
  const looks: [PhoneNumber, PhoneNumber][] = [];
  const handler = createCallActionHandler({
    acceptedAuthorizations: { get: async () => [AUTHORIZATION] },
    allowedSourceIps: undefined,
    incomingCalls: {
      async find(virtualNumber, caller) {
        if (caller !== undefined) looks.push([virtualNumber, caller]);
        const found = caller && (await find());
        return { route: found, strangers: undefined, defaultStrangers: undefined };
      },
    },
    conversation: async () => {
      throw new Error('No conversation belongs to this test.');
    },
    messages: readCallerMessages(MESSAGES, 'plus'),
    numberFormat: 'plus',
    ownSubAccount: '',
    recordCalls: true,
    strangers: { tries: 0, restMs: 3_600_000 },
    deadlineMs: 1000,
    queues: { quarantine: async (body) => void setAside.push(body) },
    logger: createLogger(
      'call-action',
      (line) => lines.push(line),
      () => NOW_MS,
    ),
    nowMs: () => NOW_MS,
    ...changes,
  });
  return { handler, lines, looks, setAside };
}

export const payload = {
  eventId: 'f1b2c3d4-0b61-11f1-b7d9-2a5c60e1f843',
  sessionId: '0a1b2c3d-0b61-11f1-a3c4-5f0e9b27d610',
  callStatus: 'CALL_RECEIVED',
  callDirection: 'INBOUND',
  source: RIDER.reveal(),
  destination: NUMBER.reveal(),
};

export async function requestOf(
  changes: Record<string, unknown> = {},
  body?: string,
): Promise<APIGatewayProxyEventV2> {
  const sample: APIGatewayProxyEventV2 = JSON.parse(
    await readFile(new URL('../../events/call-action.json', import.meta.url), 'utf8'),
  );
  const envelope = { namespace: 'VOICE', eventType: 'CALL_ACTION', payload: { ...payload, ...changes } };
  return { ...sample, body: body ?? JSON.stringify(envelope) };
}

export async function answer(handler: ReturnType<typeof setUp>['handler'], request: APIGatewayProxyEventV2) {
  const { statusCode, body } = await handler(request, context);
  return { statusCode, answer: JSON.parse(body ?? 'null') };
}

export const apology = (text: string) => ({
  callflow: [
    { action: 'say', params: { text, voiceProfile: 'en-US-BenjaminRUS', repetition: 1, speed: 1 } },
    { action: 'hangup' },
  ],
});
