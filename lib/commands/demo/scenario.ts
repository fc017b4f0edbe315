import { setTimeout as pause } from 'node:timers/promises';
import type { JsonClient } from '../../local-cloud/service/json-client.ts';
import {
  bookingSchema,
  callSchema,
  type DemoBooking,
  type DemoCall,
  type DemoSession,
  sessionSchema,
} from './answers.ts';

export const RIDER = '+6591110001';
export const DRIVER = '+6591110002';
const STRANGER = '+6591119999';

/** The people of the demo, by their numbers. */
export const people: ReadonlyMap<string, string> = new Map([
  [RIDER, 'rider'],
  [DRIVER, 'driver'],
  [STRANGER, 'stranger'],
]);

/** One call of the demo, from both sides: what 8x8 did, and what the service knows. */
export interface PlayedCall {
  readonly title: string;
  readonly from: string;
  /** The virtual number that was dialled. */
  readonly to: string;
  readonly call: DemoCall;
  readonly session: DemoSession;
}

export interface DemoListener {
  onBooking(booking: DemoBooking): void;
  onCall(played: PlayedCall): void;
  onCompletion(booking: DemoBooking): void;
}

interface Scene {
  readonly title: string;
  readonly from: string;
  readonly answer?: 'answered' | 'no-answer';
  readonly talkSeconds?: number;
}

const scenesOfTheRide: readonly Scene[] = [
  { title: 'The rider calls the driver', from: RIDER, talkSeconds: 40 },
  { title: 'The driver calls back', from: DRIVER, talkSeconds: 25 },
  { title: 'The rider calls again, and the driver does not answer', from: RIDER, answer: 'no-answer' },
  { title: 'A stranger dials the same number', from: STRANGER },
];
const sceneAfterwards: Scene = { title: 'The rider calls after the ride', from: RIDER };

/**
 * Books a ride and plays calls on it.
 * @returns the calls in order.
 * @throws Error with the answer of whichever side refused something.
 */
export async function playDemo(
  api: JsonClient,
  simulator: JsonClient,
  listener: DemoListener,
): Promise<{ booking: DemoBooking; calls: PlayedCall[] }> {
  const booking = await api.post('/v1/bookings', rideRequest, bookingSchema);
  listener.onBooking(booking);
  const calls: PlayedCall[] = [];
  const play = async (scene: Scene): Promise<void> => {
    const played = await playScene(scene, booking, api, simulator);
    calls.push(played);
    listener.onCall(played);
  };

  for (const scene of scenesOfTheRide) await play(scene);
  const path = `/v1/bookings/${booking.bookingId}/complete`;
  listener.onCompletion(await api.post(path, undefined, bookingSchema));
  await play(sceneAfterwards);
  return { booking, calls };
}

const rideRequest = {
  reference: 'demo-ride',
  parties: [
    { label: 'rider', phoneNumber: RIDER },
    { label: 'driver', phoneNumber: DRIVER },
  ],
  numbering: 'shared',
  recordCalls: true,
  expiresInSeconds: 3600,
};

async function playScene(
  { title, ...request }: Scene,
  { virtualNumber: to }: DemoBooking,
  api: JsonClient,
  simulator: JsonClient,
): Promise<PlayedCall> {
  const call = await simulator.post('/simulator/calls', { ...request, to }, callSchema);
  return { title, from: request.from, to, call, session: await readSession(api, call.sessionId) };
}

const PATIENCE_MS = 5_000;
const PAUSE_MS = 50;

/** The decision is stored from the log, a moment after the caller has been answered. */
async function readSession(api: JsonClient, sessionId: string): Promise<DemoSession> {
  const giveUpAtMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const session = await api.get(`/v1/sessions/${sessionId}`, sessionSchema);
    if (session.decision !== null || Date.now() > giveUpAtMs) return session;
    await pause(PAUSE_MS);
  }
}
