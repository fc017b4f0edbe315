/**
 * The metrics this service emits, named once for the code that emits them and the alarms that read them.
 * Imported by `lib/` and by the runtime: this file must import nothing.
 */
export const METRIC_NAMESPACE = 'NumberMasking';

export const metricNames = {
  /** Calls answered, by `Decision`. */
  callDecided: 'CallDecided',
  /** Calls answered with the spoken apology because something of ours failed. */
  callFallback: 'CallFallback',
  /** Call action requests of a session that had been decided, by `Stage`. */
  callContinued: 'CallContinued',
  /** Callers who tried number after number and are hung up on from then on, once each. */
  scannerFound: 'ScannerFound',
  /** What calls cost by the prices of the deployment, in its currency, once per summary. */
  estimatedCost: 'EstimatedCost',
  /** Webhooks of a sub-account that is not this deployment's. */
  webhookOfOtherAccount: 'WebhookOfOtherAccount',
  /** Milliseconds from the request to the answer of a call action. */
  callActionDuration: 'CallActionDurationMs',
  /** Requests that did not carry the registered `Authorization` value. */
  webhookUnauthenticated: 'WebhookUnauthenticated',
  /** Right secret, but from an address outside the allow-list. */
  webhookFromUnknownAddress: 'WebhookFromUnknownAddress',
  /** Webhooks that the gateway refused because too many came; counted in its access log. */
  webhookThrottled: 'WebhookThrottled',
  /** Authenticated payloads that match no known shape and were set aside. */
  webhookQuarantined: 'WebhookQuarantined',
  /** Events kept in the retry queue because the store could not take them. */
  webhookDeferred: 'WebhookDeferred',
  bookingCreated: 'BookingCreated',
  /** Bookings refused because no virtual number was free. */
  bookingRefused: 'BookingRefused',
  /** Whether the 8x8 account was found changed, 1 or 0, once per check. */
  accountDrift: 'AccountDrift',
  /** Calls that were to be recorded and whose recording is not in the bucket, once per check. */
  missingRecordings: 'MissingRecordings',
  /** Events put on the bus. */
  eventsPublished: 'EventsPublished',
  /** Events that the company's webhook did not take, once per try. */
  eventWebhookRefused: 'EventWebhookRefused',
  /** Erasures of a person, once each when nothing is left. */
  partyErased: 'PartyErased',
  /** The share of a country's virtual numbers that a booking found taken for its parties, in percent, once each. */
  poolUsed: 'PoolUsedPercent',
  /** How the two people heard each other, as mean opinion score from 1 to 5: of the worse leg, once per summary. */
  callQuality: 'CallQualityMos',
} as const;

export type MetricName = (typeof metricNames)[keyof typeof metricNames];
