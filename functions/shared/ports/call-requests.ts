/** What was answered to a request for a call. */
export interface StartedCall {
  readonly sessionId: string;
  /** The place of the party that is rung first. */
  readonly firstParty: 0 | 1;
}

/** A request for a call that may be sent again. */
export interface CallRequestKey {
  readonly bookingId: string;
  readonly idempotencyKey: string;
  /** The same for two requests that ask for the same. */
  readonly requestDigest: string;
}

/**
 * What is known of a request that begins. `under-way`: it was begun before and nobody knows yet, or ever, whether the
 * phone rang. `other-request`: the key was used for something else.
 */
export type BegunCallRequest =
  | { readonly kind: 'begun' }
  | { readonly kind: 'answered'; readonly call: StartedCall }
  | { readonly kind: 'under-way' }
  | { readonly kind: 'other-request' };

/** Remembers requests for calls by their idempotency key, so that one that is sent again rings nobody twice. */
export interface CallRequests {
  /** One conditional write, and one read where it is refused. Of several at once, one begins. */
  begin(request: CallRequestKey, nowMs: number): Promise<BegunCallRequest>;
  /** Keeps the answer. */
  finish(request: CallRequestKey, call: StartedCall, nowMs: number): Promise<void>;
  /** Forgets a request that surely rang nobody, so that it may be tried again. */
  abandon(request: CallRequestKey, nowMs: number): Promise<void>;
}
