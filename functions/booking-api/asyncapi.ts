import { serviceEvent } from '../shared/use-cases/service-events-schema.ts';
import { exampleEvent } from './event-examples.ts';
import { createSchemaWriter, type Json } from './openapi-schemas.ts';

/*
 * The events that other systems get, described: as an AsyncAPI document, and as the webhooks of the OpenAPI document.
 * Both are made of the schemas that make the events.
 */

const CONTENT_TYPE = 'application/cloudevents+json';

/** What happened, by the type of the event that says so. */
const summaries: Readonly<Record<EventType, string>> = {
  'booking.created': 'A booking was made.',
  'booking.changed': 'A booking was changed; `changed` says in what.',
  'booking.ended': 'A booking was completed or cancelled.',
  'call.answered': 'The two parties were connected.',
  'call.missed': 'Nobody took the call.',
  'call.busy': 'The line was busy.',
  'call.failed': 'The call could not be made.',
  'call.canceled': 'The caller hung up before anybody took the call.',
  'call.refused': 'The caller was told why nobody was called.',
  'session.completed': 'All is known of a call.',
  'recording.available': 'The recording of a call can be fetched.',
  'number.active': 'A virtual number is given to new bookings.',
  'number.draining': 'A virtual number is taken out of use.',
  'number.unhealthy': '8x8 reports that a virtual number has trouble.',
  'number.expiring': '8x8 reports that a virtual number is about to expire.',
  'number.inactive': 'A virtual number no longer works.',
  'number.removed': 'A virtual number was taken out of the pool.',
};

type EventType = (typeof eventTypes)[number];

/** Every type of event, in the order of the schema. */
const eventTypes = serviceEvent.options.map((option) => option.shape.type.value);

const signatureHeaders: Readonly<Record<string, Json>> = {
  'webhook-id': { type: 'string', description: "The event's `id`: the same each time that it is sent." },
  'webhook-timestamp': { type: 'string', description: 'When it was sent, in seconds since 1970.' },
  'webhook-signature': {
    type: 'string',
    description:
      'As Standard Webhooks says: `v1,` and the HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>` in base64; ' +
      'several, with spaces between, while a secret is changed.',
  },
};

/** `booking.created` as a program would name it: `BookingCreated`. */
const nameOf = (type: EventType): string =>
  type.replace(/(^|\.)(\w)/g, (_, __, letter: string) => letter.toUpperCase());

/** The schema of an event has a name that is one in every language. */
const schemaNameOf = (type: EventType): string => `${nameOf(type)}Event`;

/** The schemas of all events, and what they refer to. */
function eventSchemas(): Json {
  const writer = createSchemaWriter();
  for (const option of serviceEvent.options) writer.write(option, 'output');
  const named = new Map<string, string>(eventTypes.map((type) => [type, schemaNameOf(type)]));
  return Object.fromEntries(
    Object.entries(writer.named).map(([name, schema]) => [named.get(name) ?? name, schema]),
  );
}

/** @returns the AsyncAPI 3.1 document of the events, as plain JSON. */
export function asyncApiDocument(): Json {
  const byType = (make: (type: EventType) => Json) =>
    Object.fromEntries(eventTypes.map((type) => [type, make(type)]));
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Events of number masking',
      version: '2.0.0',
      description:
        'What other systems hear of bookings, calls, recordings and virtual numbers, as CloudEvents 1.0: on the ' +
        "EventBridge bus of the stack as `detail`, and posted to the company's endpoint, signed as Standard Webhooks says.",
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    defaultContentType: CONTENT_TYPE,
    channels: {
      events: {
        address: null,
        description: 'The bus and the endpoint that the deployment was configured with.',
        messages: byType((type) => ({ $ref: `#/components/messages/${type}` })),
      },
    },
    operations: {
      tell: {
        action: 'send',
        channel: { $ref: '#/channels/events' },
        summary: 'Every event is told at least once; the same `id` twice is the same event.',
        messages: eventTypes.map((type) => ({ $ref: `#/channels/events/messages/${type}` })),
      },
    },
    components: {
      messages: byType((type) => ({
        name: type,
        title: summaries[type],
        contentType: CONTENT_TYPE,
        headers: {
          type: 'object',
          description: 'Over HTTPS.',
          properties: signatureHeaders,
        },
        payload: { $ref: `#/components/schemas/${schemaNameOf(type)}` },
        examples: [{ name: type.replace('.', '-'), payload: exampleEvent(type) }],
      })),
      schemas: eventSchemas(),
    },
  };
}

/**
 * The same events as the webhooks of an OpenAPI document. Each schema is written out where it is used: generators
 * that leave webhooks out leave out what only webhooks refer to, and then do not find it.
 */
export function webhooksOfEvents(): Json {
  const schemas = eventSchemas();
  const parameters = Object.entries(signatureHeaders).map(([name, { description, ...schema }]) => ({
    name,
    in: 'header',
    required: true,
    description,
    schema,
  }));
  const webhooks = eventTypes.map((type) => [
    type,
    {
      post: {
        operationId: `on${nameOf(type)}`,
        tags: ['Events'],
        summary: summaries[type],
        description: 'Posted to `operations.events.webhookUrl` of the deployment, again until it is taken.',
        security: [],
        parameters,
        requestBody: {
          required: true,
          content: {
            [CONTENT_TYPE]: {
              schema: writtenOut({ $ref: `#/components/schemas/${schemaNameOf(type)}` }, schemas),
              example: exampleEvent(type),
            },
          },
        },
        responses: {
          200: { description: 'The event is done; so it is with any other 2xx.' },
          410: { description: 'Nothing is sent for an hour; the events wait.' },
        },
      },
    },
  ]);
  return Object.fromEntries(webhooks);
}

/** A schema with all that it refers to in its place. */
function writtenOut(schema: Json, named: Json): Json {
  return JSON.parse(JSON.stringify(schema), (_, value: Json | null) => {
    const name = /^#\/components\/schemas\/(.+)$/.exec(String(value?.$ref))?.[1];
    return name === undefined ? value : writtenOut(named[name] as Json, named);
  });
}
