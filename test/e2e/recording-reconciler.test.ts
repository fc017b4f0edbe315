import { describe, expect, test } from 'vitest';
import { createRecordingReconcilerHandler } from '../../functions/recording-reconciler/handler.ts';
import type { Booking } from '../../functions/shared/domain/booking.ts';
import { PhoneNumber } from '../../functions/shared/domain/phone-number.ts';
import type { SessionInput, SessionRecording, SessionView } from '../../functions/shared/domain/session.ts';
import { createLogger } from '../../functions/shared/observability/logger.ts';
import type { RecordingStatus } from '../../functions/shared/ports/eight-by-eight-account.ts';
import {
  type ReconcileDependencies,
  reconcileRecordings,
} from '../../functions/shared/use-cases/reconcile-recordings.ts';

const NOW_MS = Date.UTC(2026, 11, 1, 10);
const MINUTE_MS = 60_000;
const bookingId = '01JDBOOKING0000000000000001';

const party = (text: string) => ({
  phoneNumbers: [PhoneNumber.from(text)],
  virtualNumber: PhoneNumber.from('+6531290001'),
});

const booking: Booking = {
  bookingId,
  storedStatus: 'active',
  numbering: 'shared',
  direction: 'both',
  parties: [party('+6591110001'), party('+6591110002')],
  recordCalls: true,
  limits: {},
  createdAtMs: NOW_MS - 1000,
  expiresAtMs: NOW_MS + 1000,
  coolDownSeconds: 0,
  version: 1,
};

function session(endedMinutesAgo: number, over: Partial<SessionView> = {}): SessionView {
  const endedAtMs = NOW_MS - endedMinutesAgo * MINUTE_MS;
  return {
    sessionId: `ended-${endedMinutesAgo}-minutes-ago`,
    bookingId,
    status: 'COMPLETED',
    outcome: 'answered',
    reachedCallee: true,
    startedAtMs: endedAtMs - MINUTE_MS,
    endedAtMs,
    durationSeconds: 50,
    legs: [],
    events: [],
    decision: undefined,
    errorCode: undefined,
    recordings: [],
    ...over,
  };
}

const unseen: SessionRecording = {
  recordingId: 'recording-1',
  status: 'UPLOAD_COMPLETED',
  durationSeconds: 50,
  startedAtMs: undefined,
  filePath: 'somewhere/recording-1_x.mp3',
  verified: false,
  key: undefined,
  sizeBytes: undefined,
};

const platformSays: RecordingStatus = {
  recordingId: 'recording-1',
  sessionId: 'ended-30-minutes-ago',
  progress: 'uploaded',
  status: 'CALLBACK_FAILED',
  externalFileUrl: undefined,
  durationSeconds: 50,
  startedAtMs: undefined,
};

function reconciler(sessions: readonly SessionView[], over: Partial<ReconcileDependencies> = {}) {
  const recorded: [string, SessionInput][] = [];
  const asked: string[] = [];
  const lines: string[] = [];
  const deps: ReconcileDependencies = {
    calls: {
      // One session a page, newest first.
      async searchSessions({ cursor }) {
        const index = Number(cursor ?? 0);
        const items = sessions.slice(index, index + 1);
        return { items, nextCursor: index + 1 < sessions.length ? String(index + 1) : null };
      },
    },
    bookings: { find: async () => booking },
    statuses: {
      async recordingsOf(sessionId) {
        asked.push(sessionId);
        return [platformSays];
      },
    },
    recordings: { find: async ({ recordingId }) => ({ key: `recordings/${recordingId}.mp3`, sizeBytes: 9 }) },
    recorder: { record: async (sessionId, input) => void recorded.push([sessionId, input]) },
    logger: createLogger('recording-reconciler', (line) => lines.push(line)),
    nowMs: () => NOW_MS,
    ...over,
  };
  return { deps, recorded, asked, lines };
}

const nothingInTheBucket = { recordings: { find: async () => undefined } };

describe('the reconciler of recordings', () => {
  test('attaches a recording that was never reported and lies in the bucket', async () => {
    const { deps, recorded } = reconciler([session(30)]);

    expect(await reconcileRecordings(deps)).toEqual({ attached: 1, missing: 0 });
    expect(recorded).toMatchObject([
      [
        'ended-30-minutes-ago',
        {
          kind: 'recording',
          recording: {
            recordingId: 'recording-1',
            verified: true,
            key: 'recordings/recording-1.mp3',
            sizeBytes: 9,
            status: 'CALLBACK_FAILED',
          },
        },
      ],
    ]);
  });

  test('attaches one that was reported before it was there, without asking 8x8', async () => {
    const { deps, recorded, asked } = reconciler([session(30, { recordings: [unseen] })]);

    expect(await reconcileRecordings(deps)).toEqual({ attached: 1, missing: 0 });
    expect(recorded).toMatchObject([
      [
        'ended-30-minutes-ago',
        { recording: { ...unseen, verified: true, key: expect.any(String), sizeBytes: 9 } },
      ],
    ]);
    expect(asked).toEqual([]);
  });

  test('looks for the day of the call where the platform does not tell the time', async () => {
    const times: (number | undefined)[] = [];
    const find = async ({ startedAtMs }: { startedAtMs: number | undefined }) => {
      times.push(startedAtMs);
      return undefined;
    };
    const { deps } = reconciler([session(30)], { recordings: { find } });

    await reconcileRecordings(deps);

    expect(times).toEqual([NOW_MS - 31 * MINUTE_MS]);
  });

  test('counts a recording that is nowhere, and keeps what 8x8 knows of it', async () => {
    const { deps, recorded, lines } = reconciler([session(30)], nothingInTheBucket);

    await createRecordingReconcilerHandler(deps)();

    const logged = lines.map((line) => JSON.parse(line));
    expect(recorded).toMatchObject([
      [
        'ended-30-minutes-ago',
        { recording: { recordingId: 'recording-1', verified: false, key: undefined } },
      ],
    ]);
    expect(logged[0]).toMatchObject({ code: 'RECORDING_MISSING', reason: 'CALLBACK_FAILED' });
    expect(logged[1]).toMatchObject({ code: 'RECORDINGS_RECONCILED', MissingRecordings: 1 });
  });

  test.each([
    ['has only just ended', session(14)],
    ['has a recording that was seen', session(30, { recordings: [{ ...unseen, verified: true }] })],
    ['belongs to no booking', session(30, { bookingId: undefined })],
    ['was looked at long enough', session(121)],
  ])('leaves a call alone that %s', async (_, view) => {
    const { deps, asked } = reconciler([view], nothingInTheBucket);

    expect(await reconcileRecordings(deps)).toEqual({ attached: 0, missing: 0 });
    expect(asked).toEqual([]);
  });

  test('leaves the calls of a booking alone that records none', async () => {
    const bookings = { find: async () => ({ ...booking, recordCalls: false }) };
    const { deps, asked } = reconciler([session(30)], { ...nothingInTheBucket, bookings });

    expect(await reconcileRecordings(deps)).toEqual({ attached: 0, missing: 0 });
    expect(asked).toEqual([]);
  });

  test('walks the pages as far back as calls can have begun, and reads each booking once', async () => {
    let reads = 0;
    const find = async () => {
      reads += 1;
      return booking;
    };
    const tooOld = session(7 * 60);
    const { deps, asked } = reconciler([session(20), session(60), tooOld, session(30)], {
      ...nothingInTheBucket,
      bookings: { find },
    });

    expect(await reconcileRecordings(deps)).toEqual({ attached: 0, missing: 2 });
    expect(asked).toEqual(['ended-20-minutes-ago', 'ended-60-minutes-ago']);
    expect(reads).toBe(1);
  });

  test('fails its run when 8x8 cannot be asked', async () => {
    const failure = new Error('no answer');
    const { deps, lines } = reconciler([session(30)], {
      statuses: { recordingsOf: () => Promise.reject(failure) },
    });

    await expect(createRecordingReconcilerHandler(deps)()).rejects.toThrow('RECORDING_RECONCILIATION_FAILED');
    expect(lines.join()).toContain('RECORDING_RECONCILIATION_FAILED');
  });
});
