import * as z from 'zod';

/** What the demo reads of the answers it gets; everything else is carried along for `--json`. */

export const bookingSchema = z.looseObject({
  bookingId: z.string(),
  status: z.string(),
  virtualNumber: z.string(),
  expiresAt: z.string(),
});
export type DemoBooking = z.output<typeof bookingSchema>;

const momentSchema = z.looseObject({
  atSeconds: z.number(),
  leg: z.enum(['A', 'B']),
  what: z.string(),
  detail: z.string().nullable(),
});

const actionSchema = z.looseObject({
  action: z.string(),
  params: z.looseObject({ source: z.string().optional(), destination: z.string().optional() }).optional(),
});

const exchangeSchema = z.looseObject({
  webhook: z.string(),
  at: z.string(),
  request: z.looseObject({ payload: z.looseObject({}).optional() }),
  response: z
    .looseObject({
      status: z.number(),
      body: z.union([z.looseObject({ callflow: z.array(actionSchema) }), z.unknown()]),
      milliseconds: z.number(),
    })
    .nullable(),
  problem: z.string().nullable(),
});

/** What the simulator tells of a call. */
export const callSchema = z.looseObject({
  sessionId: z.string(),
  status: z.string(),
  connectedTo: z.string().nullable(),
  heard: z.array(z.string()),
  recordingKey: z.string().nullable(),
  timeline: z.array(momentSchema.extend({ at: z.string() })),
  exchanges: z.array(exchangeSchema),
});
export type DemoCall = z.output<typeof callSchema>;

const callflowSchema = z.looseObject({ callflow: z.array(actionSchema) });

/** The actions of an answer to VCA; none where the answer is something else. */
export function actionsOf(body: unknown): z.output<typeof actionSchema>[] {
  const read = callflowSchema.safeParse(body);
  return read.success ? read.data.callflow : [];
}

/** What the booking API says about a call. */
export const sessionSchema = z.looseObject({
  sessionId: z.string(),
  outcome: z.string(),
  durationSeconds: z.number().nullable(),
  decision: z.looseObject({ kind: z.string(), reason: z.string() }).nullable(),
  recordings: z.array(z.looseObject({ key: z.string().nullable(), sizeBytes: z.number().nullable() })),
});
export type DemoSession = z.output<typeof sessionSchema>;
