import assert from 'node:assert/strict';
import * as z from 'zod';
import { stackNameOf } from '../../stack-name.ts';
import type { DeployedService, PlayedCall } from './deployed-service.ts';
import type { IamDecision } from './emulated-aws.ts';
import { type Rehearsal, until } from './rehearsal.ts';
import type { Step } from './steps.ts';

/** Taken away on purpose: the read that a caller waits for. */
const WITHHELD = [{ role: 'CallAction', action: 'dynamodb:' }];

const updateSchema = z.object({
  exchanges: z.array(z.looseObject({ webhook: z.string(), request: z.unknown() })),
});

/** What the functions do is done under IAM. */
export function grantSteps(service: () => DeployedService): Step[] {
  return [
    {
      title: 'prod: under IAM no function lacks a permission',
      async run(rehearsal) {
        const used = await underIam(rehearsal, () => useEverything(service(), rehearsal));
        assert.deepEqual(deniedOf(used), [], 'No function lacks a permission.');
      },
    },
    {
      title: 'prod: a permission that is taken away on purpose is missed',
      async run(rehearsal) {
        for (const withhold of WITHHELD) {
          await rehearsal.aws.set({ withhold });
          const decisions = await underIam(rehearsal, () => callOnce(service())).finally(() =>
            rehearsal.aws.set({ withhold: null }),
          );
          assert.notDeepEqual(deniedOf(decisions), [], `${withhold.action} of ${withhold.role} is missed.`);
        }
      },
    },
  ];
}

async function underIam(rehearsal: Rehearsal, work: () => Promise<void>): Promise<IamDecision[]> {
  const { aws } = rehearsal;
  await aws.decisions();
  await aws.set({ enforceIam: true });
  try {
    await work();
    return await aws.decisions();
  } finally {
    await aws.set({ enforceIam: false });
  }
}

/** A call whose events and whose record are waited for. */
async function callOnce(service: DeployedService): Promise<void> {
  const booking = await service.book(['+6591110021', '+6591110022']);
  await service.call('+6591110021', booking.virtualNumber);
  await service.api('POST', `/v1/bookings/${booking.bookingId}/complete`);
  await new Promise((resolve) => setTimeout(resolve, 6_000));
}

/** Uses the service so that each of its functions does everything that it can do. */
async function useEverything(
  service: DeployedService,
  { requests, eventsReceived }: Rehearsal,
): Promise<void> {
  const number = (e164: string) => encodeURIComponent(e164);
  const [caller, callee, blocked] = ['+6591110031', '+6591110032', '+6591110039'];
  const api = service.api.bind(service);
  const stack = stackNameOf('prod');
  const functionNames = (await requests.functions()).map(({ FunctionName }) => FunctionName);
  const invoke = (name: string, event: object = {}) =>
    requests.invoke(functionNames.find((full) => full.includes(`${stack}-${name}`)) ?? name, event);

  await invoke('NumberSyncFunction');
  await api('POST', '/v1/numbers/sync');
  const booking = await service.book([caller, callee], {
    reference: 'ride-1042',
    recordCalls: true,
    limits: { maxCalls: 5 },
  });
  await api('PUT', `/v1/blocklist/${number(blocked)}`, { reason: 'rehearsal' });
  await api('GET', `/v1/blocklist/${number(blocked)}`);
  await api('GET', '/v1/blocklist');
  await api('DELETE', `/v1/blocklist/${number(blocked)}`);
  const eventsBefore = eventsReceived();
  const call = await service.call(caller, booking.virtualNumber);
  assert.equal(call.connectedTo, callee, JSON.stringify(call));
  assert.ok(call.recordingKey, 'The call is recorded.');
  const recordings = `/v1/sessions/${call.sessionId}/recordings`;
  await until('the recording is attached to the session', async () =>
    JSON.stringify(await api('GET', recordings)).includes('recordingId'),
  );
  const { items } = z
    .object({ items: z.array(z.looseObject({ recordingId: z.string() })) })
    .parse(await api('GET', recordings));
  await api('GET', `/v1/recordings/${items[0]?.recordingId}/download`);
  await until('the decision is stored', async () =>
    JSON.stringify(await api('GET', `/v1/sessions/${call.sessionId}`)).includes('"decision"'),
  );
  await api('GET', `/v1/bookings/${booking.bookingId}/sessions`);
  await api('GET', `/v1/sessions?day=${new Date().toISOString().slice(0, 10)}`);
  await api('GET', `/v1/sessions?phoneNumber=${number(caller)}`);
  await api('GET', '/v1/pool');
  for (const query of [
    `phoneNumber=${number(caller)}`,
    'reference=ride-1042',
    `virtualNumber=${number(booking.virtualNumber)}`,
    'status=active',
  ]) {
    await api('GET', `/v1/bookings?${query}`);
  }
  await api('POST', `/v1/bookings/${booking.bookingId}/calls`);
  const update = updateSchema.parse(
    await service.simulator('POST', `/numbers/${number(booking.virtualNumber)}/health`, {
      operationalStatus: 'Unhealthy',
    }),
  );
  await api('POST', `/v1/numbers/${number(booking.virtualNumber)}/renumber`);
  await api('PATCH', `/v1/bookings/${booking.bookingId}`, { expiresInSeconds: 3600 });
  await api('POST', `/v1/bookings/${booking.bookingId}/complete`);
  await sendOddBodies(service);
  await replay([...call.exchanges, ...update.exchanges], requests);
  await invoke('RecordingReconcilerFunction');
  await api('DELETE', `/v1/parties/${number(caller)}`);
  await until('an event reaches the company', async () => eventsReceived() > eventsBefore);
}

/** Bodies that nobody expects: each webhook puts them aside. */
async function sendOddBodies(service: DeployedService): Promise<void> {
  const token = await service.webhookToken();
  for (const { url } of await service.webhooks()) {
    await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"payload": "something that 8x8 does not send"}',
    });
  }
}

/** What 8x8 sent with a call, once more, as if it could not have been stored when it came. */
async function replay(exchanges: PlayedCall['exchanges'], requests: Rehearsal['requests']): Promise<void> {
  for (const { webhook, request } of exchanges.filter((exchange) => exchange.webhook !== 'VCA')) {
    const message = { webhook, receivedAtMs: Date.now(), body: JSON.stringify(request) };
    await requests.sendMessage(stackNameOf('prod'), 'WebhookRetryQueue', message);
  }
}

function deniedOf(decisions: readonly IamDecision[]): string[] {
  const denied = decisions.filter(({ isAllowed }) => !isAllowed);
  return [...new Set(denied.map(({ principalArn, action }) => `${functionOf(principalArn)} ${action}`))];
}

/** `arn:aws:sts::…:assumed-role/<role>/<function>` without what is the same for all. */
function functionOf(principalArn: string): string {
  return (principalArn.split('/').at(-1) ?? '').replace(`${stackNameOf('prod')}-`, '');
}
