import { parseSessionSummary } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/session-summary-event.ts';
import { describeWebhookContract } from './webhook-contract.ts';

const legA = {
  leg: 'A',
  callId: 'c5dff420-1f4b-11f1-8c52-93a8e65b0d71',
  direction: 'INBOUND',
  callType: 'PSTN',
  status: 'COMPLETED',
  source: '+6591110001',
  destination: '+6531290001',
  initiatedAtMs: Date.UTC(2026, 2, 14, 8, 21, 33),
  connectedAtMs: Date.UTC(2026, 2, 14, 8, 21, 42),
  disconnectedAtMs: Date.UTC(2026, 2, 14, 8, 23, 18),
  durationSeconds: 96,
  quality: { mos: 4.4, packetLossRate: 0, jitterMs: 16 },
};
const legB = {
  ...legA,
  leg: 'B',
  callId: 'c86b2d9e-1f4b-11f1-9d03-0f7c42ab18e5',
  direction: 'OUTBOUND',
  source: '+6531290001',
  destination: '+6591110002',
  initiatedAtMs: Date.UTC(2026, 2, 14, 8, 21, 35),
  quality: { mos: 4.2, packetLossRate: 0.01, jitterMs: 21 },
};
const unanswered = { connectedAtMs: undefined, durationSeconds: 0, quality: undefined };
const bridged = {
  sessionId: 'c5e1a7d0-1f4b-11f1-8c52-4b1d9e07a3f6',
  subAccountId: 'harbourcab_mask',
  sessionStatus: 'COMPLETED',
  startedAtMs: Date.UTC(2026, 2, 14, 8, 21, 35),
  endedAtMs: Date.UTC(2026, 2, 14, 8, 23, 18),
  lastAction: 'MAKE_CALL',
  callCount: 2,
  legs: [legA, legB],
};

describeWebhookContract({
  webhook: 'session-summary',
  parse: parseSessionSummary,
  accepted: {
    'bridged-leg-b-first': bridged,
    'no-answer-with-a-space': {
      ...bridged,
      sessionStatus: 'NO_ANSWER',
      legs: [
        { ...legA, durationSeconds: 0 },
        { ...legB, ...unanswered, status: 'NO_ANSWER' },
      ],
    },
    'busy-ivr-version-5': {
      ...bridged,
      sessionStatus: 'BUSY',
      legs: [
        { ...legA, durationSeconds: 42 },
        { ...legB, ...unanswered, status: 'BUSY' },
      ],
    },
    'cancelled-with-two-l': {
      ...bridged,
      sessionStatus: 'CANCELED',
      legs: [
        { ...legA, ...unanswered, status: 'CANCELED' },
        { ...legB, ...unanswered, status: 'CANCELED' },
      ],
    },
    'failed-callee': {
      ...bridged,
      sessionStatus: 'FAILED',
      legs: [legA, { ...legB, ...unanswered, status: 'FAILED' }],
    },
    'error-one-outbound-leg-a': {
      ...bridged,
      sessionStatus: 'ERROR',
      lastAction: 'PLAY_TTS',
      callCount: 1,
      errorCode: -2004,
      legs: [
        {
          ...legA,
          ...unanswered,
          status: 'ERROR',
          direction: 'OUTBOUND',
          source: '+6531290001',
          destination: '+6591110002',
        },
      ],
    },
    'error-code-as-text-and-more-details': {
      ...bridged,
      sessionStatus: 'ERROR',
      callCount: 1,
      errorCode: -2003,
      legs: [{ ...legA, ...unanswered, status: 'ERROR' }],
    },
    'voice-message-capital-leg': {
      ...bridged,
      callCount: 1,
      legs: [{ ...legB, leg: 'A', callId: legA.callId, destination: '+6591110001', durationSeconds: 19 }],
    },
    'announcement-only': {
      ...bridged,
      lastAction: 'HANGUP',
      callCount: 1,
      legs: [{ ...legA, durationSeconds: 8 }],
    },
    'leg-b-is-the-text-null': { ...bridged, lastAction: 'HANGUP', callCount: 1, legs: [legA] },
    'no-details': { ...bridged, callCount: 0, legs: [] },
    'details-are-null': { ...bridged, callCount: undefined, legs: [] },
    'details-without-legs': {
      ...bridged,
      sessionStatus: 'FAILED',
      lastAction: undefined,
      callCount: 0,
      legs: [],
    },
    'app-caller-and-withheld-callee': {
      ...bridged,
      legs: [
        { ...legA, callType: 'VOIP', source: undefined },
        { ...legB, destination: undefined },
      ],
    },
    'numbers-as-text-and-other-precision': {
      ...bridged,
      callCount: 1,
      startedAtMs: Date.UTC(2026, 2, 14, 8, 21, 33),
      endedAtMs: Date.UTC(2026, 2, 14, 8, 23, 18),
      legs: [
        {
          ...legA,
          initiatedAtMs: Date.UTC(2026, 2, 14, 8, 21, 33, 250),
          disconnectedAtMs: Date.UTC(2026, 2, 14, 8, 23, 18, 123),
          quality: { mos: 4.4, packetLossRate: 0.003, jitterMs: 16 },
        },
      ],
    },
    'unset-times-and-odd-quality': {
      ...bridged,
      startedAtMs: undefined,
      endedAtMs: undefined,
      legs: [
        {
          ...legA,
          connectedAtMs: undefined,
          disconnectedAtMs: undefined,
          durationSeconds: undefined,
          quality: undefined,
        },
        { ...legB, quality: { jitterMs: 30 } },
      ],
    },
    unsubscribed: {
      ...bridged,
      sessionStatus: 'COMPLETED_UNSUBSCRIBED',
      lastAction: 'SAY_AND_CAPTURE',
      callCount: 1,
      legs: [{ ...legB, leg: 'A', callId: legA.callId, destination: '+6591110001' }],
    },
    'actions-in-camel-case-and-third-leg': { ...bridged, lastAction: 'PLAY_TTS', callCount: 3 },
  },
  refused: {
    'no-status': ['payload.sessionStatus'],
    'leg-as-text': ['payload.details.callA', 'payload.details.callB'],
    'details-as-list': ['payload.details'],
    'no-session-id-no-status': ['payload.sessionId', 'payload.sessionStatus'],
    'payload-is-null': ['payload'],
    'another-event-type': ['eventType'],
  },
});
