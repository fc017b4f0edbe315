import * as z from 'zod';
import { EVENT_SOURCE } from '../config/event-source.ts';
import { tellableChanges } from '../domain/booking.ts';
import { numberStates } from '../domain/pool.ts';

/*
 * What leaves the service as an event, and the one place that says so: the types of the code and the JSON schema in
 * `service-events.schema.json` are both made of these. A field is only ever added; whatever else has to change comes
 * as a further `schemaversion`. The envelope is that of CloudEvents 1.0, with `sequence` and `schemaversion` as
 * extensions of ours.
 *
 * Phone numbers, and the metadata of a booking, which may hold some, are there only where the deployment asks for them.
 */

const instant = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });
const phoneNumber = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/)
  .meta({ description: 'E.164; only where the deployment includes phone numbers.' });

const subject = z.string().meta({
  description: 'What it happened to, such as `booking/01JD…` or `session/5f0c…`.',
  examples: ['booking/01KAK1B6M0QZ2T4V6X8ZB1D3F5'],
});
const sequence = z
  .string()
  .regex(/^\d{16}$/)
  .meta({
    description:
      'Grows with every change of the subject, compared as text: the event with the greatest one is the latest.',
  });

const party = z.strictObject({
  label: z.string().optional(),
  phoneNumbers: z.array(phoneNumber).optional(),
  virtualNumber: phoneNumber.optional(),
});

const bookingShape = {
  bookingId: z.string(),
  reference: z.string().optional(),
  status: z.enum(['active', 'completed', 'cancelled']),
  numbering: z.enum(['shared', 'per-party']),
  country: z.string().optional(),
  parties: z.array(party).length(2),
  recordCalls: z.boolean(),
  createdAt: instant,
  expiresAt: instant.meta({
    description:
      'The booking stops connecting calls at this moment; no event says so, because nothing changes then.',
  }),
  endedAt: instant.optional(),
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
};
const booking = z.strictObject(bookingShape).meta({ id: 'BookingData' });
const changedBooking = z
  .strictObject({ ...bookingShape, changed: z.array(z.enum(tellableChanges)) })
  .meta({ id: 'ChangedBookingData' });

const session = z
  .strictObject({
    sessionId: z.string(),
    bookingId: z.string().optional(),
    status: z
      .string()
      .meta({ description: "8x8's word once the session is over; before that IN_PROGRESS or DISCONNECTED." }),
    outcome: z.string(),
    reachedCallee: z.boolean(),
    decision: z.string().optional(),
    startedAt: instant.optional(),
    endedAt: instant.optional(),
    durationSeconds: z.number().optional(),
    errorCode: z.number().optional(),
  })
  .meta({ id: 'SessionData' });

const recording = z
  .strictObject({
    recordingId: z.string(),
    sessionId: z.string(),
    bookingId: z.string().optional().meta({
      description:
        'Absent where the session belongs to none, or to one that was not known yet; the event is then told again with it.',
    }),
    startedAt: instant.optional(),
    durationSeconds: z.number().optional(),
    sizeBytes: z.number().optional(),
  })
  .meta({ id: 'RecordingData' });

const poolNumber = z
  .strictObject({
    country: z.string(),
    state: z.enum([...numberStates, 'removed']),
    previousState: z.enum(numberStates).optional(),
    endsWith: z.string().length(4).meta({ description: 'The last four digits of the virtual number.' }),
    virtualNumber: phoneNumber.optional(),
  })
  .meta({ id: 'NumberData' });

function event<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z
    .strictObject({
      specversion: z.literal('1.0'),
      id: z.string().meta({ description: 'The same whenever the same change is told again.' }),
      source: z.literal(EVENT_SOURCE),
      type: z.literal(type),
      subject,
      time: instant.meta({ description: 'When it happened.' }),
      datacontenttype: z.literal('application/json'),
      sequence,
      schemaversion: z.literal(2).meta({ description: 'Of `data`.' }),
      data,
    })
    .meta({ id: type });
}

export const serviceEvent = z
  .discriminatedUnion('type', [
    event('booking.created', booking),
    event('booking.changed', changedBooking),
    event('booking.ended', booking),
    event('call.answered', session),
    event('call.missed', session),
    event('call.busy', session),
    event('call.failed', session),
    event('call.canceled', session),
    event('call.refused', session),
    event('session.completed', session),
    event('recording.available', recording),
    event('number.active', poolNumber),
    event('number.draining', poolNumber),
    event('number.unhealthy', poolNumber),
    event('number.expiring', poolNumber),
    event('number.inactive', poolNumber),
    event('number.removed', poolNumber),
  ])
  .meta({ title: 'What number masking tells other systems' });
