import { expect } from 'vitest';
import type { RoutingDecisionKind } from '../../../functions/shared/domain/call-route.ts';
import type { MaskedService } from './masked-service.ts';

/** A call that nobody must be connected by. */
export interface RefusedCall {
  /** Completes "A call is refused …". */
  readonly where: string;
  /** Makes the booking, or whatever there is instead, and gives the call that is then to be refused. */
  readonly arrange: (masked: MaskedService) => Promise<{ request: object; bookingId: string | null }>;
  readonly heard: RegExp;
}

const STRANGER = '+6591119999';

/** Calls once more until the caller is no longer connected: time runs out, and calls are counted after they came. */
async function callUntilRefused(masked: MaskedService, request: object): Promise<void> {
  await expect.poll(async () => (await masked.call(request)).connectedTo, { timeout: 20_000 }).toBeNull();
}

const hiding = (from: string | null): RefusedCall => ({
  where: `since the number is withheld as ${JSON.stringify(from)}`,
  heard: /hidden number/,
  async arrange(masked) {
    const { virtualNumber: to } = await masked.book();
    return { request: { from, to }, bookingId: null };
  },
});

const unreadable = (from: string): RefusedCall => ({
  where: `since the number is shown as ${JSON.stringify(from)}`,
  heard: /in a way that we can read/,
  async arrange(masked) {
    const { virtualNumber: to } = await masked.book();
    return { request: { from, to }, bookingId: null };
  },
});

const after = (where: string, end: 'complete' | 'cancel'): RefusedCall => ({
  where,
  heard: /has ended/,
  async arrange(masked) {
    const { bookingId, rider: from, virtualNumber: to } = await masked.book();
    await masked.api('POST', `/v1/bookings/${bookingId}/${end}`);
    return { request: { from, to }, bookingId };
  },
});

const blocking = (where: string, who: 'rider' | 'driver'): RefusedCall => ({
  where,
  heard: /cannot be connected/,
  async arrange(masked) {
    const ride = await masked.book();
    const path = `/v1/blocklist/${encodeURIComponent(ride[who])}`;
    const { status } = await masked.api('PUT', path, { reason: 'asked for it' });
    expect(status).toBeLessThan(300);
    return { request: { from: ride.rider, to: ride.virtualNumber }, bookingId: ride.bookingId };
  },
});

const against = (direction: 'first-to-second' | 'second-to-first', who: 'rider' | 'driver'): RefusedCall => ({
  where: `to a ${who} who may only be called (${direction})`,
  heard: /cannot call with this booking/,
  async arrange(masked) {
    const ride = await masked.book({ direction });
    return { request: { from: ride[who], to: ride.virtualNumber }, bookingId: ride.bookingId };
  },
});

const beyond = (where: string, limits: object): RefusedCall => ({
  where,
  heard: /no more calls/,
  async arrange(masked) {
    const { bookingId, rider: from, virtualNumber: to } = await masked.book({ limits });
    expect(await masked.call({ from, to })).toMatchObject({ status: 'COMPLETED' });
    await callUntilRefused(masked, { from, to });
    return { request: { from, to }, bookingId };
  },
});

/**
 * By every decision but to connect, at least one call that ends in it. A new decision has to be added here; whoever
 * is hung up on without a word hears nothing that could be compared.
 */
export const refusedCalls: Readonly<
  Record<Exclude<RoutingDecisionKind, 'connect' | 'scanner'>, readonly [RefusedCall, ...RefusedCall[]]>
> = {
  'unknown-caller': [
    {
      where: 'to a stranger',
      heard: /from this phone/,
      async arrange(masked) {
        const { virtualNumber: to } = await masked.book();
        return { request: { from: STRANGER, to }, bookingId: null };
      },
    },
    {
      where: 'to a party who dials the number of somebody else',
      heard: /from this phone/,
      async arrange(masked) {
        const { rider: from, virtualNumber } = await masked.book();
        const to = virtualNumber === '+6531290001' ? '+6531290002' : '+6531290001';
        return { request: { from, to }, bookingId: null };
      },
    },
  ],
  'anonymous-caller': [
    hiding(null),
    hiding(''),
    hiding('anonymous'),
    hiding('+266696687'),
    hiding('sip:anonymous@anonymous.invalid'),
  ],
  'unreadable-caller': [unreadable('12345'), unreadable('sip:somebody@example.com'), unreadable('0912345')],
  'number-unknown': [
    {
      where: 'since the event names no virtual number',
      heard: /\w/,
      async arrange(masked) {
        const { rider: from, virtualNumber: to } = await masked.book();
        return { request: { from, to, dialledAs: 'sip:rides@example.com' }, bookingId: null };
      },
    },
  ],
  replaced: [
    {
      where: 'from a phone that another one has replaced',
      heard: /no longer part of the booking/,
      async arrange(masked) {
        const { bookingId, rider: from, virtualNumber: to } = await masked.book();
        const parties = [{ label: 'rider', phoneNumber: '+6598765432' }];
        expect((await masked.api('PATCH', `/v1/bookings/${bookingId}`, { parties })).status).toBe(200);
        return { request: { from, to }, bookingId };
      },
    },
  ],
  'booking-ended': [
    after('after the booking was completed', 'complete'),
    after('after the booking was cancelled', 'cancel'),
  ],
  'booking-expired': [
    {
      where: 'after the end of the booking',
      heard: /has expired/,
      async arrange(masked) {
        const { bookingId, rider: from, virtualNumber: to } = await masked.book({ expiresInSeconds: 1 });
        await callUntilRefused(masked, { from, to });
        return { request: { from, to }, bookingId };
      },
    },
  ],
  blocked: [
    blocking('to somebody on the blocklist', 'rider'),
    blocking('to somebody who calls one on the blocklist', 'driver'),
  ],
  'direction-not-allowed': [against('first-to-second', 'driver'), against('second-to-first', 'rider')],
  'limit-reached': [
    beyond('beyond the calls of the booking', { maxCalls: 1 }),
    beyond('beyond the calls of a minute', { maxCallsPerMinute: 1 }),
  ],
};
