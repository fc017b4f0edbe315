import type { ServiceEvent } from '../shared/use-cases/service-events.ts';
import { exampleBooking, exampleRecording, exampleSession } from './examples.ts';

/* What is told of the ride in `examples.ts`, where the deployment includes no phone numbers. */

const bookingData = {
  bookingId: exampleBooking.bookingId,
  reference: exampleBooking.reference,
  status: 'active',
  numbering: exampleBooking.numbering,
  country: exampleBooking.country,
  parties: [{ label: 'rider' }, { label: 'driver' }],
  recordCalls: exampleBooking.recordCalls,
  createdAt: exampleBooking.createdAt,
  expiresAt: exampleBooking.expiresAt,
} as const;

const sessionData = {
  sessionId: exampleSession.sessionId,
  bookingId: exampleBooking.bookingId,
  status: exampleSession.status,
  outcome: exampleSession.outcome,
  reachedCallee: exampleSession.reachedCallee,
  decision: 'connect',
  startedAt: '2026-11-21T08:00:00.000Z',
  endedAt: '2026-11-21T08:00:54.000Z',
  durationSeconds: 47,
} as const;

const recordingData = {
  recordingId: exampleRecording.recordingId,
  sessionId: exampleSession.sessionId,
  bookingId: exampleBooking.bookingId,
  startedAt: exampleRecording.startedAt,
  durationSeconds: exampleRecording.durationSeconds,
  sizeBytes: exampleRecording.sizeBytes,
} as const;

const subjects = {
  booking: `booking/${exampleBooking.bookingId}`,
  recording: `recording/${exampleRecording.recordingId}`,
  // A number is not told by itself, so its subject is a digest of it.
  number: 'number/9c1f6c2b7f0f4c83',
  session: `session/${exampleSession.sessionId}`,
} as const;

/** An event of this type, as a receiver would get it. */
export function exampleEvent(type: ServiceEvent['type']): Readonly<Record<string, unknown>> {
  const kind = type.split('.')[0];
  const isOf = (name: string): name is keyof typeof subjects =>
    name === kind && Object.hasOwn(subjects, name);
  return {
    specversion: '1.0',
    id: '5f3a0c6e8d1b4f7fa2c9e0d4b6a81357',
    source: 'number-masking' satisfies ServiceEvent['source'],
    type,
    subject: kind !== undefined && isOf(kind) ? subjects[kind] : subjects.session,
    time: '2026-11-21T08:00:54.000Z',
    datacontenttype: 'application/json',
    sequence: '0000000000000003',
    schemaversion: 2,
    data: exampleData(type),
  };
}

function exampleData(type: ServiceEvent['type']): Readonly<Record<string, unknown>> {
  const [kind, what = ''] = type.split('.');
  switch (kind) {
    case 'booking':
      if (what === 'changed') return { ...bookingData, changed: ['expiresAt'] };
      return what === 'ended'
        ? { ...bookingData, status: 'completed', endedAt: '2026-11-21T08:00:54.000Z' }
        : bookingData;
    case 'recording':
      return recordingData;
    case 'number':
      return {
        country: 'SG',
        state: what,
        previousState: what === 'active' ? 'draining' : 'active',
        endsWith: '0001',
      };
    default:
      return type === 'session.completed' ? sessionData : { ...sessionData, ...outcomeOf(what) };
  }
}

function outcomeOf(outcome: string): Readonly<Record<string, unknown>> {
  if (outcome === 'answered') return {};
  return outcome === 'refused'
    ? { outcome, reachedCallee: false, decision: 'unknown-caller', durationSeconds: 0 }
    : { outcome, reachedCallee: false, durationSeconds: 0 };
}
