import * as z from 'zod';

const MOST_FAULTS = 10_000;

/** The body of POST /simulator/management-faults: the next requests to the management API that fail, and how. */
export const managementFaultSchema = z.strictObject({
  /** How many requests fail. */
  next: z.int().min(1).max(MOST_FAULTS).default(1),
  /** How many requests pass before the first that fails. */
  after: z.int().min(0).max(MOST_FAULTS).default(0),
  /** The status they get; `reset` cuts the connection. */
  status: z.union([z.int().min(400).max(599), z.literal('reset')]).default(500),
  /** The value of `Retry-After`, in seconds. */
  retryAfterSeconds: z.int().min(0).optional(),
  /** Whether the operation is carried out all the same, so that only its answer is lost. */
  carriedOut: z.boolean().default(false),
  /** Only requests of this method. */
  method: z.enum(['GET', 'POST', 'DELETE']).optional(),
  /** Only requests to a path that contains this. */
  pathContains: z.string().min(1).optional(),
  /** Only requests whose body contains this, such as the type of a webhook. */
  bodyContains: z.string().min(1).optional(),
});

/** A fault that is armed; it counts down with every request that it applies to. */
export type ManagementFault = z.output<typeof managementFaultSchema>;

/**
 * Finds out whether this request fails, and counts it.
 * @returns the fault and what is left of the armed ones.
 */
export function takeFault(
  armed: readonly ManagementFault[],
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: string },
): { fault: ManagementFault | undefined; remaining: ManagementFault[] } {
  const index = armed.findIndex(
    (fault) =>
      (fault.method === undefined || fault.method === method) &&
      (fault.pathContains === undefined || path.includes(fault.pathContains)) &&
      (fault.bodyContains === undefined || body.includes(fault.bodyContains)),
  );
  const found = armed[index];
  if (found === undefined) return { fault: undefined, remaining: [...armed] };
  const strikes = found.after === 0;
  const counted = strikes ? { ...found, next: found.next - 1 } : { ...found, after: found.after - 1 };
  return {
    fault: strikes ? found : undefined,
    remaining: armed.with(index, counted).filter(({ next }) => next > 0),
  };
}
