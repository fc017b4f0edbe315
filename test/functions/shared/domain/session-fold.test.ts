import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { presentSession } from '../../../../functions/booking-api/session-presentation.ts';
import {
  bookingOf,
  callPointOf,
  isInbound,
  partiesOf,
  type SessionInput,
  type SessionOutcome,
} from '../../../../functions/shared/domain/session.ts';
import { foldSession } from '../../../../functions/shared/domain/session-fold.ts';
import {
  answeredCall,
  callAtMs,
  calleeEvent,
  callerEvent,
  decisionInput,
  driver,
  legA,
  legB,
  recordingInput,
  rider,
  sessionId,
  summaryInput,
  virtualNumber,
} from '../../../support/session-inputs.ts';

const fold = (...inputs: SessionInput[]) => foldSession(sessionId, inputs);

/** Inputs of every kind, some of which share an id, a time or a status. */
const anyInput: fc.Arbitrary<SessionInput> = fc.oneof(
  fc
    .record({
      callStatus: fc.constantFrom('CALL_RECEIVED', 'CALL_CONNECTED', 'CALL_UPDATED', 'CALL_DISCONNECTED'),
      afterMs: fc.integer({ min: 0, max: 3 }),
      eventId: fc.constantFrom('e1', 'e2', 'e3', 'e4', 'e5'),
      isCallee: fc.boolean(),
      isTimed: fc.boolean(),
    })
    .map(({ callStatus, afterMs, eventId, isCallee, isTimed }) =>
      (isCallee ? calleeEvent : callerEvent)(callStatus, afterMs, {
        eventId,
        ...(!isTimed && { occurredAtMs: undefined }),
      }),
    ),
  fc.constant(summaryInput()),
  fc
    .record({ recordingId: fc.constantFrom('r1', 'r2'), verified: fc.boolean() })
    .map((over) => recordingInput({ ...over, ...(!over.verified && { key: undefined }) })),
  fc
    .record({
      eventId: fc.constantFrom('d1', 'd2'),
      kind: fc.constantFrom('connect', 'unknown-caller', 'service-unavailable'),
      atMs: fc.integer({ min: callAtMs, max: callAtMs + 2 }),
    })
    .map(decisionInput),
);

/** An input under each id at most once, as the store keeps them. */
const stored = fc.uniqueArray(anyInput, {
  maxLength: 12,
  selector: (input) => {
    switch (input.kind) {
      case 'event':
        return input.event.eventId;
      case 'recording':
        return input.recording.recordingId;
      case 'decision':
        return input.decision.eventId;
      case 'summary':
        return input.kind;
    }
  },
});

describe('a session', () => {
  test('is the same whatever the order and repetition of its inputs', () => {
    const shuffled = stored.chain((inputs) =>
      fc.tuple(
        fc.constant(inputs),
        fc.array(fc.nat({ max: Math.max(0, inputs.length - 1) }), { maxLength: 12 }).chain((again) =>
          fc.shuffledSubarray([...inputs, ...again.flatMap((at) => inputs.slice(at, at + 1))], {
            minLength: inputs.length + (inputs.length === 0 ? 0 : again.length),
          }),
        ),
      ),
    );

    fc.assert(
      fc.property(shuffled, ([inputs, disturbed]) => {
        expect(presentSession(fold(...disturbed))).toEqual(presentSession(fold(...inputs)));
      }),
      { numRuns: 500 },
    );
  });

  test('never loses a party that an earlier state had', () => {
    fc.assert(
      fc.property(stored, fc.nat(12), (inputs, kept) => {
        const before = partiesOf(fold(...inputs.slice(0, kept))).map((party) => party.reveal());
        const after = partiesOf(fold(...inputs)).map((party) => party.reveal());
        expect(after).toEqual(expect.arrayContaining(before));
      }),
    );
  });

  test('has its events by the time they happened, those of one millisecond in the order of a call', () => {
    const session = fold(
      callerEvent('CALL_DISCONNECTED', 5),
      callerEvent('CALL_CONNECTED', 5),
      callerEvent('CALL_UPDATED', 0, { occurredAtMs: undefined }),
      callerEvent('CALL_RECEIVED', 0),
    );

    expect(session.events.map((event) => event.callStatus)).toEqual([
      'CALL_RECEIVED',
      'CALL_CONNECTED',
      'CALL_DISCONNECTED',
      'CALL_UPDATED',
    ]);
  });

  test('believes the summary, not the events', () => {
    const session = fold(
      calleeEvent('CALL_CONNECTED', 10),
      callerEvent('CALL_RECEIVED', 0),
      summaryInput({ sessionStatus: 'NO_ANSWER', legs: [legA(), legB({ status: 'NO_ANSWER' })] }),
    );

    expect(session).toMatchObject({ outcome: 'missed', reachedCallee: false, durationSeconds: 0 });
  });

  test.each<[SessionOutcome, string, string | undefined]>([
    ['answered', 'COMPLETED', 'COMPLETED'],
    ['missed', 'NO_ANSWER', 'NO_ANSWER'],
    ['busy', 'BUSY', 'BUSY'],
    ['failed', 'FAILED', 'FAILED'],
    ['canceled', 'CANCELED', 'CANCELED'],
    ['error', 'ERROR', 'ERROR'],
    ['error', 'ERROR', undefined],
    ['refused', 'COMPLETED', undefined],
    ['busy', 'FAILED', 'BUSY'],
    ['missed', 'FAILED', 'NO_ANSWER'],
    ['busy', 'A_WORD_OF_TOMORROW', 'BUSY'],
  ])('ends %s when the session is %s and the leg to the callee %s', (outcome, sessionStatus, ofCallee) => {
    const legs = ofCallee === undefined ? [legA()] : [legA(), legB({ status: ofCallee })];

    const session = fold(summaryInput({ sessionStatus, legs }));

    expect(session).toMatchObject({ outcome, reachedCallee: outcome === 'answered', status: sessionStatus });
  });

  test.each([
    ['a session status of tomorrow', 'TRANSFERRED', 'COMPLETED'],
    ['a leg status of tomorrow', 'COMPLETED', 'TRANSFERRED'],
    ['both', 'PARKED', 'PARKED'],
  ])('is answered when two people talked, whatever it is called: %s', (_, sessionStatus, status) => {
    const session = fold(
      summaryInput({ sessionStatus, legs: [legA(), legB({ status, durationSeconds: 47 })] }),
    );

    expect(session).toMatchObject({ outcome: 'answered', reachedCallee: true, durationSeconds: 47 });
  });

  test('is missed when the other party was never connected, whatever it is called', () => {
    const never = legB({ status: 'PARKED', connectedAtMs: undefined, durationSeconds: 0 });

    expect(fold(summaryInput({ sessionStatus: 'PARKED', legs: [legA(), never] }))).toMatchObject({
      outcome: 'missed',
      reachedCallee: false,
    });
  });

  test('with one leg is answered when it was: a voice message, a dialogue with the caller', () => {
    const heard = legA({ direction: 'OUTBOUND', durationSeconds: 19 });
    const pressed = legA({ durationSeconds: 42 });
    const menu = decisionInput({ kind: 'menu' });

    for (const status of ['COMPLETED', 'COMPLETED_UNSUBSCRIBED', 'COMPLETED_UNSUB_ERROR']) {
      const message = fold(summaryInput({ sessionStatus: status, legs: [heard] }));
      expect(message).toMatchObject({ outcome: 'answered', reachedCallee: false, durationSeconds: 19 });
    }
    expect(fold(menu, summaryInput({ legs: [pressed] }))).toMatchObject({
      outcome: 'answered',
      durationSeconds: 42,
    });
  });

  test('of a caller who heard our apology is refused', () => {
    const apology = decisionInput({ kind: 'service-unavailable' });

    expect(fold(apology, summaryInput({ legs: [legA()] })).outcome).toBe('refused');
  });

  test('with one leg that nobody answered is told as it was', () => {
    const never = { direction: 'OUTBOUND', connectedAtMs: undefined, durationSeconds: 0 } as const;
    const outcomeOf = (sessionStatus: string, status: string) =>
      fold(summaryInput({ sessionStatus, legs: [legA({ ...never, status })] })).outcome;

    expect([outcomeOf('BUSY', 'BUSY'), outcomeOf('NO_ANSWER', 'NO_ANSWER'), outcomeOf('NEW', 'NEW')]).toEqual(
      ['busy', 'missed', 'missed'],
    );
  });

  test('knows the legs by their direction, whatever they are called', () => {
    const swapped = summaryInput({ legs: [legB({ leg: 'A' }), legA({ leg: 'B' })] });
    const neverAnswered = summaryInput({
      sessionStatus: 'NO_ANSWER',
      legs: [legB({ leg: 'A', status: 'NO_ANSWER' }), legA({ leg: 'B', status: 'COMPLETED' })],
    });

    expect(fold(swapped)).toMatchObject({ outcome: 'answered' });
    expect(fold(neverAnswered)).toMatchObject({ outcome: 'missed', reachedCallee: false });
    expect(fold(swapped).legs.map(isInbound)).toEqual([false, true]);
  });

  test('of a refused call is refused before its summary and after', () => {
    const decision = decisionInput({ kind: 'booking-ended' });

    expect(fold(decision).outcome).toBe('refused');
    expect(fold(decision, summaryInput({ legs: [legA()] })).outcome).toBe('refused');
  });

  test('whose caller hung up before anybody was rung was missed, not refused', () => {
    expect(fold(decisionInput(), summaryInput({ legs: [legA()] })).outcome).toBe('missed');
  });

  test('is in progress until the caller is disconnected, and then ends as the events say', () => {
    const begun = [callerEvent('CALL_RECEIVED', 0), calleeEvent('CALL_INITIATED', 5)];
    const talking = [...begun, calleeEvent('CALL_CONNECTED', 10)];
    const over = callerEvent('CALL_DISCONNECTED', 60_000);

    expect(fold(...begun)).toMatchObject({
      status: 'IN_PROGRESS',
      outcome: 'in-progress',
      reachedCallee: false,
    });
    expect(fold(...talking)).toMatchObject({ outcome: 'in-progress', reachedCallee: true });
    expect(fold(...talking, over)).toMatchObject({ status: 'DISCONNECTED', outcome: 'answered' });
    expect(fold(...begun, over)).toMatchObject({ outcome: 'missed', durationSeconds: 0 });
  });

  test('keeps the first decision, but for one that connected', () => {
    const refused = decisionInput({ eventId: 'one', kind: 'service-unavailable', atMs: callAtMs });
    const connected = decisionInput({ eventId: 'two', atMs: callAtMs + 900 });

    expect(fold(refused, connected).decision).toMatchObject({ eventId: 'two' });
    expect(
      fold(refused, decisionInput({ ...refused.decision, eventId: 'later', atMs: callAtMs + 1 })).decision,
    ).toMatchObject({ eventId: 'one' });
  });
});

describe('the booking of a session', () => {
  test('is what the decision says, even if that is none', () => {
    expect(bookingOf(fold(decisionInput()), 'held')).toBe('01JDBOOKING0000000000000001');
    expect(
      bookingOf(fold(decisionInput({ kind: 'unknown-caller', bookingId: undefined })), 'held'),
    ).toBeUndefined();
  });

  test('is the holder of the pair where no look-up told', () => {
    const failed = decisionInput({ kind: 'service-unavailable', bookingId: undefined });

    expect([bookingOf(fold(failed), 'held'), bookingOf(fold(), 'held')]).toEqual(['held', 'held']);
  });

  test('is asked for by the pair that was dialled, or rung where nobody dialled', () => {
    const dialled = callPointOf(fold(summaryInput()));
    const rung = callPointOf(fold(summaryInput({ legs: [legB({ leg: 'A' })] })));
    const withheld = callPointOf(fold(summaryInput({ legs: [legA({ source: undefined })] })));

    expect(dialled?.virtualNumber.equals(virtualNumber) && dialled.phoneNumber.equals(rider)).toBe(true);
    expect(rung?.virtualNumber.equals(virtualNumber) && rung.phoneNumber.equals(driver)).toBe(true);
    expect(withheld).toBeUndefined();
  });
});

describe('the JSON of a session', () => {
  test('says everything about an answered call', () => {
    expect(presentSession(fold(...answeredCall()))).toMatchObject({
      sessionId,
      bookingId: '01JDBOOKING0000000000000001',
      status: 'COMPLETED',
      outcome: 'answered',
      startedAt: '2026-11-21T08:00:00.000Z',
      endedAt: '2026-11-21T08:00:54.000Z',
      durationSeconds: 47,
      legs: [
        { leg: 'A', direction: 'INBOUND', source: '+6591110001', quality: { mos: 4.4 } },
        {
          leg: 'B',
          direction: 'OUTBOUND',
          destination: '+6591110002',
          connectedAt: '2026-11-21T08:00:07.000Z',
        },
      ],
      events: expect.arrayContaining([
        {
          eventId: 'caller-CALL_RECEIVED',
          status: 'CALL_RECEIVED',
          direction: 'INBOUND',
          at: '2026-11-21T08:00:00.250Z',
        },
      ]),
      decision: { kind: 'connect', reason: expect.stringContaining('live booking') },
      error: null,
      recordings: [{ recordingId: 'rec-1', verified: true, durationSeconds: 47 }],
    });
  });

  test('is null wherever nothing is known, and explains an error in words', () => {
    const session = presentSession(
      fold(summaryInput({ sessionStatus: 'ERROR', errorCode: -2004, legs: [] })),
    );

    expect(session).toMatchObject({
      bookingId: null,
      decision: null,
      error: { code: -2004, meaning: expect.stringContaining('area'), advice: expect.any(String) },
      recordings: [],
    });
    expect(presentSession(fold(decisionInput({ kind: 'service-unavailable' }))).decision?.reason).toContain(
      'apology',
    );
  });

  test('can be made of any session', () => {
    fc.assert(
      fc.property(stored, (inputs) => {
        const json = presentSession(fold(...inputs));
        expect(JSON.parse(JSON.stringify(json))).toEqual(json);
      }),
    );
  });
});

describe('a call that we started ourselves', () => {
  const clickToCall = decisionInput({ kind: 'click-to-call', eventId: 'request-1' });
  const firstRung = (status: string, afterMs: number) =>
    calleeEvent(status, afterMs, {
      eventId: `first-${status}`,
      callId: 'leg-of-the-first',
      destination: rider,
    });

  test('has two legs although both were dialled, and reached the second party', () => {
    const view = fold(
      clickToCall,
      firstRung('CALL_INITIATED', 0),
      firstRung('CALL_CONNECTED', 5000),
      calleeEvent('CALL_INITIATED', 5100),
      calleeEvent('CALL_CONNECTED', 9000),
      firstRung('CALL_DISCONNECTED', 30_000),
    );

    expect(view.legs.map(({ callId }) => callId)).toEqual(['leg-of-the-first', 'leg-of-the-callee']);
    expect(view).toMatchObject({ outcome: 'answered', reachedCallee: true });
  });

  test('is no refusal when the first party does not answer', () => {
    const alone = legA({ direction: 'OUTBOUND', status: 'NO_ANSWER', connectedAtMs: undefined });

    const view = fold(clickToCall, summaryInput({ sessionStatus: 'NO_ANSWER', legs: [alone] }));

    expect(view).toMatchObject({ outcome: 'missed', bookingId: '01JDBOOKING0000000000000001' });
  });
});
