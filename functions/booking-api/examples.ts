import type * as z from 'zod';
import type { presentedBooking } from './booking-schemas.ts';
import type { PresentedSession, presentedTotals } from './session-schemas.ts';

/*
 * The world of the examples in the API's description: one ride in Singapore, booked and called once. A test
 * builds this world, sends each example in it as it stands and compares the answer to the letter.
 */

/** When everything in the examples happens, epoch milliseconds. */
export const EXAMPLE_NOW_MS = Date.UTC(2026, 10, 21, 7, 58);

export const exampleRider = '+6591110001';
export const exampleDriver = '+6591110002';
export const exampleNumber = '+6531290001';
/** A number of the pool that no booking uses. */
export const exampleFreeNumber = '+6531290002';

/** What `POST /v1/bookings` answers. */
export const exampleBooking = {
  bookingId: '01KAK1B6M0QZ2T4V6X8ZB1D3F5',
  reference: 'ride-1042',
  status: 'active',
  numbering: 'shared',
  direction: 'both',
  virtualNumber: exampleNumber,
  parties: [
    { label: 'rider', phoneNumber: exampleRider, virtualNumber: exampleNumber },
    { label: 'driver', phoneNumber: exampleDriver, virtualNumber: exampleNumber },
  ],
  recordCalls: false,
  country: 'SG',
  limits: {},
  createdAt: '2026-11-21T07:58:00.000Z',
  expiresAt: '2026-11-21T09:58:00.000Z',
  metadata: { city: 'singapore' },
} as const satisfies Immutable<z.output<typeof presentedBooking>>;

type Immutable<T> = T extends object ? { readonly [Name in keyof T]: Immutable<T[Name]> } : T;

export const exampleRecording = {
  recordingId: 'rec-1',
  status: 'UPLOAD_COMPLETED',
  startedAt: '2026-11-21T08:00:07.000Z',
  durationSeconds: 47,
  key: 'recordings/2026-11-21/rec-1_x.mp3',
  sizeBytes: 188_000,
  verified: true,
} as const;

const leg = {
  status: 'COMPLETED',
  initiatedAt: '2026-11-21T08:00:00.000Z',
  connectedAt: '2026-11-21T08:00:07.000Z',
  disconnectedAt: '2026-11-21T08:00:54.000Z',
  durationSeconds: 47,
};

const seen = (eventId: string, status: string, direction: string, at: string) => ({
  eventId,
  status,
  direction,
  at,
});

/** The call that the rider of the example made. */
export const exampleSession: Immutable<PresentedSession> = {
  sessionId: '5f0c1d7e-3a52-4c0f-9a70-2d6f0f3f9b11',
  bookingId: exampleBooking.bookingId,
  status: 'COMPLETED',
  outcome: 'answered',
  reachedCallee: true,
  startedAt: '2026-11-21T08:00:00.000Z',
  endedAt: '2026-11-21T08:00:54.000Z',
  durationSeconds: 47,
  legs: [
    {
      ...leg,
      leg: 'A',
      direction: 'INBOUND',
      callId: 'leg-of-the-caller',
      source: exampleRider,
      destination: exampleNumber,
      quality: { mos: 4.4, packetLossRate: 0, jitterMs: 16 },
    },
    {
      ...leg,
      leg: 'B',
      direction: 'OUTBOUND',
      callId: 'leg-of-the-callee',
      source: exampleNumber,
      destination: exampleDriver,
      quality: { mos: 4.1, packetLossRate: 0.02, jitterMs: 22 },
    },
  ],
  events: [
    seen('caller-CALL_RECEIVED', 'CALL_RECEIVED', 'INBOUND', '2026-11-21T08:00:00.250Z'),
    seen('callee-CALL_INITIATED', 'CALL_INITIATED', 'OUTBOUND', '2026-11-21T08:00:00.550Z'),
    seen('callee-CALL_CONNECTED', 'CALL_CONNECTED', 'OUTBOUND', '2026-11-21T08:00:07.150Z'),
    seen('caller-CALL_CONNECTED', 'CALL_CONNECTED', 'INBOUND', '2026-11-21T08:00:07.200Z'),
    seen('caller-CALL_DISCONNECTED', 'CALL_DISCONNECTED', 'INBOUND', '2026-11-21T08:00:54.150Z'),
    seen('callee-CALL_DISCONNECTED', 'CALL_DISCONNECTED', 'OUTBOUND', '2026-11-21T08:00:54.200Z'),
  ],
  decision: {
    kind: 'connect',
    reason: 'The caller is a party of a live booking on this virtual number, so the other party was called.',
    lookedUp: 'The booking that holds the virtual number for this caller.',
    answered: 'The other party was called, with the virtual number as caller ID.',
    eventId: 'vca-1',
    bookingId: exampleBooking.bookingId,
    at: '2026-11-21T08:00:00.290Z',
  },
  error: null,
  recordings: [exampleRecording],
};

/** What the calls of the booking come to. */
export const exampleTotals = {
  sessions: 1,
  outcomes: {
    answered: 1,
    missed: 0,
    busy: 0,
    failed: 0,
    canceled: 0,
    refused: 0,
    error: 0,
    'in-progress': 0,
  },
  talkSeconds: 47,
  inboundLegSeconds: 47,
  outboundLegSeconds: 47,
  estimatedCost: null,
} as const satisfies z.output<typeof presentedTotals>;
