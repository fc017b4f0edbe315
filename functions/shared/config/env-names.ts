/**
 * The environment contract of every function: which variables it reads. The stack sets exactly these and the
 * functions parse exactly these, so a renamed variable fails to compile on both sides.
 *
 * Imported by `lib/` and by the runtime: this file must import nothing.
 */

/** What the four acknowledging webhooks share: who may call, and where an event goes that cannot be stored. */
const acknowledgedWebhook = [
  'WEBHOOK_SECRET_ARN',
  'ALLOWED_SOURCE_IPS',
  'EIGHT_BY_EIGHT_SUB_ACCOUNT',
  'RETRY_QUEUE_URL',
  'QUARANTINE_QUEUE_URL',
] as const;

/** Which 8x8 sub-account is asked, and with which key; the secret's name is empty where there is none. */
const eightByEight = [
  'EIGHT_BY_EIGHT_SUB_ACCOUNT',
  'EIGHT_BY_EIGHT_BASE_URL',
  'EIGHT_BY_EIGHT_API_KEY_SECRET',
] as const;

/** What storing a call's events needs. */
const callRecord = ['BOOKINGS_TABLE', 'CALLS_TABLE', 'CALL_RETENTION_DAYS'] as const;

export const environmentNames = {
  'call-action': [
    'CALL_ROUTES_TABLE',
    'CONVERSATIONS_TABLE',
    'STRANGERS',
    'WEBHOOK_SECRET_ARN',
    'ALLOWED_SOURCE_IPS',
    'CALL_DEADLINE_MS',
    'NUMBER_FORMAT',
    'CALLER_MESSAGES',
    'EIGHT_BY_EIGHT_SUB_ACCOUNT',
    'RECORD_CALLS',
    'STRANGER_TRIES',
    'STRANGER_REST_SECONDS',
    'QUARANTINE_QUEUE_URL',
  ],
  'call-status': [...acknowledgedWebhook, ...callRecord],
  'session-summary': [...acknowledgedWebhook, ...callRecord, 'CALL_PRICES'],
  'recording-uploaded': [...acknowledgedWebhook, ...callRecord, 'RECORDINGS_BUCKET', 'RECORDINGS_PREFIX'],
  'number-updated': [...acknowledgedWebhook, 'BOOKINGS_TABLE'],
  'booking-api': [
    'BOOKINGS_TABLE',
    'CALL_ROUTES_TABLE',
    'CALLS_TABLE',
    'CONVERSATIONS_TABLE',
    'RECORDINGS_BUCKET',
    'RECORDINGS_PREFIX',
    'DEFAULT_BOOKING_SECONDS',
    'LONGEST_BOOKING_SECONDS',
    'COOL_DOWN_SECONDS',
    'LEAST_COOL_DOWN_SECONDS',
    'DEFAULT_NUMBERING',
    'STICKY_NUMBERS',
    'DEFAULT_LIMITS',
    'RECORD_CALLS',
    'NUMBER_RULES',
    'BOOKING_RETENTION_DAYS',
    'CALL_RETENTION_DAYS',
    'NUMBER_FORMAT',
    'CALL_PRICES',
    'API_ACCESS',
    ...eightByEight,
  ],
  'booking-follower': ['BOOKINGS_TABLE', 'CALL_ROUTES_TABLE', 'BOOKING_RETENTION_DAYS'],
  'call-decisions': ['CALLS_TABLE', 'CALL_ROUTES_TABLE', 'BOOKINGS_TABLE', 'CALL_RETENTION_DAYS'],
  'webhook-retry': [
    ...callRecord,
    'RECORDINGS_BUCKET',
    'RECORDINGS_PREFIX',
    'RETRY_QUEUE_URL',
    'QUARANTINE_QUEUE_URL',
  ],
  /** Everything is in the properties of the custom resource, which its schedule repeats. */
  'account-setup': [],
  'number-sync': ['BOOKINGS_TABLE', ...eightByEight],
  'recording-reconciler': [...callRecord, 'RECORDINGS_BUCKET', 'RECORDINGS_PREFIX', ...eightByEight],
  'change-publisher': ['EVENT_BUS_NAME', 'INCLUDE_PHONE_NUMBERS'],
  'event-webhook': ['EVENT_WEBHOOK_URL', 'EVENT_WEBHOOK_SECRET_ARN', 'EVENT_WEBHOOK_QUEUE_URL'],
} as const;

/** A folder below `functions/` that is deployed as one Lambda. */
export type FunctionName = keyof typeof environmentNames;

/** The environment of one function: every variable it needs, and no other. */
export type FunctionEnvironment<Name extends FunctionName> = Record<
  (typeof environmentNames)[Name][number],
  string
>;
