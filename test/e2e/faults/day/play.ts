import type { Random } from '../../../../functions/shared/domain/allocation.ts';
import { callActionBody, callBodies } from '../../../rehearsal/soak/masked-call.ts';
import { digitsOf } from './log-lines.ts';
import type { DayService } from './service.ts';

export const personNumber = (n: number): string => `+6591${String(n).padStart(6, '0')}`;
export const poolNumber = (n: number): string => `+6531${String(n).padStart(6, '0')}`;

/** Two people and the number through which they call each other. */
export interface RideNumbers {
  readonly caller: string;
  readonly callee: string;
  readonly virtualNumber: string;
}

/**
 * One call with all its webhooks, some of them forged, damaged or told twice.
 * @returns the stranger who may have called instead.
 */
export async function playCall(
  { send, about, clock }: DayService,
  n: number,
  ride: RideNumbers,
  random: Random,
) {
  const { caller, callee, virtualNumber } = ride;
  const stray = personNumber(900_000 + n);
  about(caller);
  const source = random() < 0.1 ? stray : caller;
  const told = { sessionId: `session-${n}`, virtualNumber, atMs: clock.nowMs };
  const written = random() < 0.3 ? source.slice(1) : source;
  await send('call-action', callActionBody({ ...told, caller: written }));
  const talkSeconds = random() < 0.7 ? 60 : 0;
  const { statuses, summary, recording } = callBodies({ ...told, caller: written, callee, talkSeconds });
  for (const body of statuses) await send('call-status', body);
  await send('session-summary', summary);
  if (recording !== undefined) await send('recording-uploaded', recording);
  if (n % 50 === 0) {
    await send('call-status', summary, `Bearer ${caller}`);
    await send('call-status', { eventType: caller, payload: { [caller]: callee, sessionId: caller } });
    await send('call-action', `{"source":"${caller}","destination":${callee.slice(1)}`);
    await send('session-summary', `${caller} called ${callee} on ${virtualNumber}`);
    await send('number-updated', vnuOf(virtualNumber));
  }
  return stray;
}

function vnuOf(msisdn: string) {
  const virtualNumbers = [
    { msisdn, operationalStatus: 'Active', countryCode: 'SG' },
    { msisdn: `tel:${msisdn}`, operationalStatus: msisdn },
  ];
  const payload = { subAccountId: msisdn, totalNumbers: 2, updateEventType: 'UPDATES', virtualNumbers };
  return { eventType: 'VIRTUAL_NUMBER_UPDATE', payload };
}

/**
 * A booking that is made, refused for every kind of reason, searched for and changed.
 * @returns its id and its virtual number; where it could not be made, those of no booking.
 */
export async function playBooking({ api, about }: DayService, caller: string, callee: string) {
  about(caller);
  const parties = [
    { label: 'rider', phoneNumber: caller },
    { label: 'driver', phoneNumber: callee },
  ];
  const make = (body: unknown) => api.ask('POST /v1/bookings', { body });
  const made = await make({
    parties,
    reference: `ride ${caller}`,
    expiresInSeconds: 3600,
    recordCalls: true,
  });
  await make({ parties, [caller]: callee });
  await make({ parties: [{ phoneNumber: `${caller}0000000` }, { label: callee }] });
  await make({ parties: [parties[0], parties[0]] });
  await make({ parties, country: 'ID' });
  await make({ parties, metadata: { [caller]: [callee] } });
  await make({ parties, [`tel${digitsOf(caller)}x`]: 1 });
  await make({ parties, metadata: { [`id-${caller.slice(1)}`]: [] } });
  const bookingId = made.status === 201 ? String(made.json.bookingId) : caller;
  const virtualNumber = made.status === 201 ? String(made.json.virtualNumber) : poolNumber(1);
  await api.ask('PATCH /v1/bookings/{bookingId}', {
    path: { bookingId },
    body: { parties: [{ label: 'rider', phoneNumber: caller }], metadata: { callback: callee } },
  });
  await api.ask('PATCH /v1/bookings/{bookingId}', { path: { bookingId }, body: { [callee]: caller } });
  return { bookingId, virtualNumber };
}

/** What support, operators and the company's systems ask of a ride and of its people. */
export async function playRequests({ api, about }: DayService, bookingId: string, ride: RideNumbers) {
  const { caller, callee, virtualNumber } = ride;
  about(callee);
  const ask = api.ask;
  for (const query of [
    { phoneNumber: caller },
    { reference: caller },
    { virtualNumber },
    { [caller]: callee },
  ]) {
    await ask('GET /v1/bookings', { query });
  }
  for (const id of [bookingId, caller]) {
    await ask('GET /v1/bookings/{bookingId}', { path: { bookingId: id } });
    await ask('GET /v1/bookings/{bookingId}/sessions', { path: { bookingId: id } });
    await ask('POST /v1/bookings/{bookingId}/calls', {
      path: { bookingId: id },
      body: { firstParty: 'rider' },
    });
    await ask('POST /v1/bookings/{bookingId}/calls', {
      path: { bookingId: id },
      body: { firstParty: callee },
    });
    await ask('GET /v1/sessions/{sessionId}', { path: { sessionId: id } });
    await ask('GET /v1/sessions/{sessionId}/recordings', { path: { sessionId: id } });
    await ask('GET /v1/recordings/{recordingId}/download', { path: { recordingId: id } });
  }
  await ask('GET /v1/sessions', { query: { phoneNumber: caller } });
  await ask('GET /v1/sessions', { query: { day: callee, outcome: caller } });
  await ask('GET /v1/pool');
  await ask('GET /asyncapi.json');
  await ask('GET /v1/menus');
  await ask('GET /v1/menus/{menuId}', { path: { menuId: 'main' } });
  await ask('PUT /v1/menus/{menuId}', { path: { menuId: 'main' }, body: { start: caller } });
  await ask('POST /v1/menus/{menuId}/calls', {
    path: { menuId: 'main' },
    body: { to: caller, from: virtualNumber },
  });
  await ask('DELETE /v1/menus/{menuId}', { path: { menuId: 'main' } });
  await ask('POST /v1/messages', { body: { to: caller, from: virtualNumber, say: 'Hello.' } });
  await ask('GET /v1/numbers', { query: { cursor: caller } });
  await ask('PUT /v1/numbers/{e164}', { path: { e164: `${callee}x` }, body: { country: caller } });
  await ask('PUT /v1/numbers/{e164}', {
    path: { e164: virtualNumber },
    body: { country: 'SG', state: 'draining' },
  });
  await ask('POST /v1/numbers/{e164}/renumber', { path: { e164: virtualNumber } });
  await ask('PUT /v1/numbers/{e164}', {
    path: { e164: virtualNumber },
    body: { country: 'SG', state: 'active' },
  });
  await ask('DELETE /v1/numbers/{e164}', { path: { e164: callee } });
  await ask('POST /v1/numbers/sync');
  await ask('GET /v1/blocklist', { query: { cursor: callee } });
  await ask('PUT /v1/blocklist/{e164}', { path: { e164: callee }, body: { reason: `asked by ${caller}` } });
  await ask('PUT /v1/blocklist/{e164}', { path: { e164: callee }, body: { [caller]: callee } });
  await ask('GET /v1/blocklist/{e164}', { path: { e164: callee } });
  await ask('POST /v1/bookings/{bookingId}/calls', { path: { bookingId } });
  await ask('DELETE /v1/blocklist/{e164}', { path: { e164: callee } });
  await ask('DELETE /v1/blocklist/{e164}', { path: { e164: `${callee}-${caller}` } });
  await ask('GET /openapi.json');
}

/** The end of a ride, and of what is kept of its people. */
export async function playEnd(
  { api, about }: DayService,
  bookingId: string,
  ride: RideNumbers,
  end: 'cancel' | 'complete',
) {
  about(ride.caller);
  await api.ask(`POST /v1/bookings/{bookingId}/${end}`, { path: { bookingId } });
  await api.ask('DELETE /v1/parties/{e164}', { path: { e164: ride.caller } });
  await api.ask('DELETE /v1/parties/{e164}', { path: { e164: `${ride.callee} please` } });
}
