import { createServer, type Server } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** Receives events as they are posted: `take` gets each that the secret's owner has signed. */
export function createReceiver(secret: string, take: (event: unknown) => void): Server {
  const webhook = new Webhook(secret);
  return createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    try {
      take(webhook.verify(body, headers));
      response.writeHead(204).end();
    } catch {
      response.writeHead(401).end();
    }
  });
}
