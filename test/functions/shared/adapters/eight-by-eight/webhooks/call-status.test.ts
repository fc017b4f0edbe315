import { parseCallStatus } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/call-status-event.ts';
import { describeWebhookContract } from './webhook-contract.ts';

const connected = {
  sessionId: 'c5e1a7d0-1f4b-11f1-8c52-4b1d9e07a3f6',
  eventId: 'cb02f9d4-1f4b-11f1-a6f0-e28c0b57194d',
  callId: 'c86b2d9e-1f4b-11f1-9d03-0f7c42ab18e5',
  subAccountId: 'harbourcab_mask',
  callStatus: 'CALL_CONNECTED',
  direction: 'OUTBOUND',
  callType: 'PSTN',
  source: '+6531290001',
  destination: '+6591110002',
  durationSeconds: 0,
  sipCode: 200,
  occurredAtMs: Date.UTC(2026, 2, 14, 8, 21, 41, 950),
};

describeWebhookContract({
  webhook: 'call-status',
  parse: parseCallStatus,
  accepted: {
    'callee-connected': connected,
    'caller-received': {
      ...connected,
      eventId: 'c5e40b92-1f4b-11f1-a6f0-7ab2d61c35f8',
      callId: 'c5dff420-1f4b-11f1-8c52-93a8e65b0d71',
      callStatus: 'CALL_RECEIVED',
      direction: 'INBOUND',
      source: '+6591110001',
      destination: '+6531290001',
      occurredAtMs: Date.UTC(2026, 2, 14, 8, 21, 33),
    },
    'disconnected-with-text-numbers': {
      ...connected,
      callStatus: 'CALL_DISCONNECTED',
      durationSeconds: 96,
      occurredAtMs: Date.UTC(2026, 2, 14, 8, 23, 17, 951),
    },
    'older-page-with-ref-ids-and-nulls': { ...connected, callStatus: 'DTMF_RECEIVED', dtmf: '9' },
    'without-event-id': {
      ...connected,
      eventId: `c86b2d9e-1f4b-11f1-9d03-0f7c42ab18e5:CALL_CONNECTED:${connected.occurredAtMs}`,
    },
    'without-event-id-call-id-and-time': {
      ...connected,
      eventId: 'c5e1a7d0-1f4b-11f1-8c52-4b1d9e07a3f6:CALL_CONNECTED:untimed',
      callId: undefined,
      occurredAtMs: undefined,
    },
    'app-leg-with-extra-fields': {
      ...connected,
      callType: 'VOIP',
      callStatus: 'CALL_UPDATED',
      source: undefined,
    },
    'session-id-as-number': { ...connected, sessionId: '48213' },
    'status-of-tomorrow': { ...connected, callStatus: 'CALL_ON_HOLD' },
  },
  refused: {
    'pseudo-body-of-the-introduction': ['eventType', 'payload'],
    'no-status': ['payload.callStatus'],
    'flat-body-of-2019': ['eventType', 'payload'],
    'body-as-text': ['body'],
  },
});
