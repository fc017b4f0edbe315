import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { badRequest, internalError } from '../gateway/http-answer.ts';
import { type HttpApi, send } from '../gateway/http-api.ts';
import { readTarget } from '../gateway/request-target.ts';
import { type ControlApi, json } from './control-api.ts';
import { refusalOfForeign } from './foreign-pages.ts';

/** The port that people and 8x8 talk to: the local cloud's own routes first, then those of the template. */
export interface FrontDoor {
  readonly url: string;
  /** From now on requests are served; before, all are answered 503. */
  open(control: ControlApi, api: HttpApi): void;
  /** Repeatable. */
  stop(): Promise<void>;
}

/** The port is taken by another program. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
}

/**
 * Takes the port at once, so that a taken one is told of before anything else is started.
 * @param variable that a person would set to choose another port.
 * @throws PortInUseError
 */
export async function openFrontDoor(port: number, variable: string): Promise<FrontDoor> {
  let serve: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async (_, response) =>
    send(response, json(503, { status: 'starting' }));

  const server = createServer((request, response) => {
    // Without a version, what follows a line end in the target would be read as headers.
    if (request.httpVersionMajor < 1) return send(response, badRequest);
    const refusal = refusalOfForeign(request, readTarget(request).path);
    if (refusal !== undefined) return send(response, refusal);
    serve(request, response).catch(() => send(response, internalError));
  });
  // A client may keep its connection longer than a function runs.
  server.keepAliveTimeout = 65_000;
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new PortInUseError(
      `Port ${port} is in use by another program. Free it, or choose: ${variable}=${port + 100} npm start`,
    );
  }
  const address = server.address();
  return {
    url: `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : port}`,
    open(control, api) {
      serve = async (request, response) => {
        const answer = control(request);
        if (answer === undefined) await api(request, response);
        else send(response, await answer);
      };
    },
    async stop() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
