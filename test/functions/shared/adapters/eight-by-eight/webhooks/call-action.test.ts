import { parseCallAction } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/call-action-event.ts';
import { describeWebhookContract } from './webhook-contract.ts';

const needed = {
  sessionId: 'c5e1a7d0-1f4b-11f1-8c52-4b1d9e07a3f6',
  source: '+6591110001',
  destination: '+6531290001',
};
const documented = {
  ...needed,
  eventId: 'c5e2ba11-1f4b-11f1-a6f0-5d3e81c9b740',
  callId: 'c5dff420-1f4b-11f1-8c52-93a8e65b0d71',
  subAccountId: 'harbourcab_mask',
  callStatus: 'CALL_RECEIVED',
  direction: 'INBOUND',
  destinationCountryCode: 'SG',
  durationSeconds: 0,
  sipCode: 200,
  occurredAtMs: Date.UTC(2026, 2, 14, 8, 21, 33, 407),
};

describeWebhookContract({
  webhook: 'call-action',
  parse: parseCallAction,
  accepted: {
    'number-masking': documented,
    'payload-first-and-extra-fields': { ...documented, occurredAtMs: Date.UTC(2026, 2, 14, 8, 21, 33) },
    'nulls-everywhere': { ...needed, durationSeconds: 0, sipCode: 200 },
    'only-what-is-needed': needed,
    'digits-after-capture': {
      ...documented,
      callStatus: 'ACTION_COMPLETED',
      durationSeconds: 12,
      direction: 'OUTBOUND',
      source: '+6531290001',
      destination: '+6591110001',
      dtmf: '4711',
      clientActionId: 'pin-entry',
    },
    'digits-as-event-data-text': { ...documented, callStatus: 'ACTION_COMPLETED', dtmf: '1' },
    'digits-beside-the-payload-fields': { ...documented, callStatus: 'DTMF_RECEIVED', dtmf: '3' },
    'nothing-captured': { ...documented, callStatus: 'ACTION_COMPLETED', clientActionId: 'menu-main' },
    'anonymous-caller': { ...documented, source: undefined },
    'empty-caller': { ...documented, source: undefined },
    'no-caller': { ...documented, source: undefined },
    'sip-caller': { ...documented, source: undefined, sourceUnreadable: true },
    'dialled-a-word': { ...documented, destination: undefined },
    'numbers-without-plus': documented,
    'numbers-as-json-numbers': documented,
    'keys-in-another-case': { ...needed, subAccountId: 'harbourcab_mask' },
    'status-and-direction-of-tomorrow': { ...documented, callStatus: 'CALL_PARKED', direction: 'INTERNAL' },
  },
  refused: {
    'another-event-type': ['eventType'],
    'no-session-id': ['payload.sessionId'],
    'session-id-is-the-text-null': ['payload.sessionId'],
    'nothing-was-dialled': ['payload.destination'],
    'payload-as-text': ['payload'],
    'payload-as-list': ['payload'],
    'no-payload': ['payload'],
    'body-as-list': ['body'],
    'flat-body-of-2019': ['eventType', 'payload'],
  },
});
