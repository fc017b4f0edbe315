import { parseNumberUpdated } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/number-updated-event.ts';
import { describeWebhookContract } from './webhook-contract.ts';

const unhealthy = {
  number: '+6531290001',
  operationalStatus: 'UNHEALTHY',
  countryCode: 'SG',
  updateStatus: 'UPDATED',
  updatedAtMs: Date.UTC(2026, 2, 14, 9, 5, 12, 640),
};
const active = {
  number: '+6531290002',
  operationalStatus: 'ACTIVE',
  countryCode: 'SG',
  updateStatus: 'NO_CHANGE',
  updatedAtMs: Date.UTC(2026, 2, 2, 1),
};
const updates = {
  subAccountId: 'harbourcab_mask',
  updateType: 'UPDATES',
  totalNumbers: 2,
  numbers: [unhealthy, active],
  unreadableEntries: 0,
};
const emptied = { ...updates, updateType: 'SNAPSHOT', totalNumbers: 0, numbers: [] };

describeWebhookContract({
  webhook: 'number-updated',
  parse: parseNumberUpdated,
  accepted: {
    updates,
    'snapshot-payload-first': {
      ...updates,
      updateType: 'SNAPSHOT',
      numbers: [
        { ...unhealthy, operationalStatus: 'EXPIRING', updatedAtMs: Date.UTC(2026, 2, 14, 9, 5, 12) },
        {
          ...active,
          operationalStatus: 'INACTIVE',
          updateStatus: 'UPDATED',
          updatedAtMs: Date.UTC(2026, 2, 14, 9, 5, 12),
        },
      ],
    },
    'one-object-without-a-list': { ...updates, totalNumbers: 1, numbers: [unhealthy] },
    'no-numbers-left': emptied,
    'null-list': emptied,
    'unreadable-entries': { ...updates, totalNumbers: 4, numbers: [active], unreadableEntries: 3 },
    'nulls-and-status-of-tomorrow': {
      updateType: 'UPDATES',
      numbers: [{ number: '+6531290001', operationalStatus: 'PORTING_OUT' }],
      unreadableEntries: 0,
    },
  },
  refused: {
    'no-list': ['payload.virtualNumbers'],
    'list-as-text': ['payload.virtualNumbers'],
    'another-event-type': ['eventType'],
    'body-is-null': ['body'],
  },
});
