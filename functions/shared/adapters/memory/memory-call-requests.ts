import type { CallRequestKey, CallRequests, StartedCall } from '../../ports/call-requests.ts';

/** Requests for calls in memory, for worlds without a table; for how long does not matter there. */
export function createMemoryCallRequests(): CallRequests {
  const rows = new Map<
    string,
    { readonly requestDigest: string; readonly answer: StartedCall | undefined }
  >();
  const keyOf = ({ bookingId, idempotencyKey }: CallRequestKey) => `${bookingId}\n${idempotencyKey}`;
  return {
    async begin(request) {
      const row = rows.get(keyOf(request));
      if (row === undefined) {
        rows.set(keyOf(request), { requestDigest: request.requestDigest, answer: undefined });
        return { kind: 'begun' };
      }
      if (row.requestDigest !== request.requestDigest) return { kind: 'other-request' };
      return row.answer === undefined ? { kind: 'under-way' } : { kind: 'answered', call: row.answer };
    },
    async finish(request, call) {
      rows.set(keyOf(request), { requestDigest: request.requestDigest, answer: call });
    },
    async abandon(request) {
      rows.delete(keyOf(request));
    },
  };
}
