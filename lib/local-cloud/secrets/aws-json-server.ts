import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

/** An error that the AWS SDK throws under this name. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'ServiceError';
    this.code = code;
    this.status = status;
  }
}

/** Carries out one operation: takes the request as parsed JSON, gives the answer. Throws ServiceError. */
type Operation = (input: unknown) => unknown;

/** Operations by the value of `X-Amz-Target`, such as `secretsmanager.GetSecretValue`. */
export type Operations = Readonly<Record<string, Operation>>;

export interface AwsJsonServer {
  readonly endpoint: string;
  /** Adds operations; until then they are unknown. */
  serve(operations: Operations): void;
  stop(): Promise<void>;
}

/** Starts a loopback server that speaks AWS JSON 1.1, the protocol of the services that are stood in for. */
export async function startAwsJsonServer(): Promise<AwsJsonServer> {
  const operations = new Map<string, Operation>();
  const server = createServer((request, response) => {
    answer(operations, request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`,
    serve(added) {
      for (const [target, operation] of Object.entries(added)) operations.set(target, operation);
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  operations: ReadonlyMap<string, Operation>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await text(request);
  const target = String(request.headers['x-amz-target'] ?? '');
  try {
    const operation = operations.get(target);
    if (operation === undefined) {
      throw new ServiceError(
        'UnknownOperationException',
        `The local cloud does not know ${target || 'this request'}.`,
      );
    }
    send(response, 200, operation(parseBody(body)));
  } catch (error) {
    const { code, status, message } = asServiceError(error);
    response.setHeader('x-amzn-errortype', code);
    send(response, status, { __type: code, message, Message: message });
  }
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new ServiceError('SerializationException', 'The request is not JSON.');
  }
}

function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof z.ZodError) return new ServiceError('ValidationException', z.prettifyError(error));
  const message = error instanceof Error ? error.message : String(error);
  return new ServiceError('InternalServiceError', message, 500);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
}
