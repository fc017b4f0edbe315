import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine that answers every JSON body, or a request without one, with what `answer` makes of it. */
export interface JsonServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startJsonServer(answer: (body: unknown) => unknown): Promise<JsonServer> {
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    const content = JSON.stringify(answer(text === '' ? undefined : JSON.parse(text)));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
