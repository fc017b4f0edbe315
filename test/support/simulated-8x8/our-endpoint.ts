import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../../../lib/simulated-8x8/model/webhook-types.ts';

/** A webhook as it arrived. */
interface Delivery {
  readonly webhook: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
  /** The `payload` of the body. */
  readonly payload: JsonObject;
  readonly text: string;
}

/** What the endpoint answers; an object is sent as JSON, a text as it is. */
export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Keep the connection open and say nothing. */
  readonly silent?: boolean;
}

/** A stand-in for the system under the webhooks: it keeps what arrives and answers what it is told. */
export interface OurEndpoint {
  readonly url: string;
  readonly deliveries: Delivery[];
  /** Deliveries of one webhook, in the order of their arrival. */
  of(webhook: string): Delivery[];
  /** What the next deliveries get; the function of a webhook sees each of them. */
  answer(webhook: string, reply: (delivery: Delivery) => Reply): void;
  /** Forgets what arrived and what to answer. */
  startOver(): void;
  stop(): Promise<void>;
}

/** Starts an endpoint that answers every webhook with 200, at `/VCA`, `/VCS` and so on. */
export async function startOurEndpoint(): Promise<OurEndpoint> {
  const deliveries: Delivery[] = [];
  const replies = new Map<string, (delivery: Delivery) => Reply>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const body = JSON.parse(text);
    const webhook = (request.url ?? '/').slice(1);
    const delivery: Delivery = { webhook, headers: request.headers, body, payload: body.payload, text };
    deliveries.push(delivery);
    const {
      status = 200,
      body: answer,
      headers = {},
      silent = false,
    } = replies.get(webhook)?.(delivery) ?? {};
    if (silent) return;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof answer === 'string' ? answer : answer === undefined ? '' : JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    deliveries,
    of: (webhook) => deliveries.filter((delivery) => delivery.webhook === webhook),
    answer: (webhook, reply) => {
      replies.set(webhook, reply);
    },
    startOver() {
      deliveries.length = 0;
      replies.clear();
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
