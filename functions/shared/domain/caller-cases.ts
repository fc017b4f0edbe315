/**
 * Why a caller is not connected. Each has a message of its own, which the configuration of a stage may change: this list
 * is what ties what a call can come to with what there is to say.
 */
export const callerCases = [
  'unknown-caller',
  'booking-ended',
  'booking-expired',
  'anonymous-caller',
  'unreadable-caller',
  'number-unknown',
  'blocked',
  'limit-reached',
  'direction-not-allowed',
  'service-unavailable',
] as const;

export type CallerCase = (typeof callerCases)[number];
