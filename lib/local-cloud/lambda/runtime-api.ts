import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** What an invocation came to. Payloads are JSON texts, as the Invoke API carries them. */
export type InvocationOutcome =
  | { readonly kind: 'answered'; readonly payload: string }
  | { readonly kind: 'failed'; readonly errorType: string; readonly errorMessage: string }
  | { readonly kind: 'throttled' };

/** One event on its way into a function. */
interface Invocation {
  readonly requestId: string;
  /** The event as JSON. */
  readonly payload: string;
  readonly functionArn: string;
  /** When the function has to be done, in milliseconds since 1970. */
  readonly deadlineEpochMs: number;
}

/** The Runtime API of one execution environment: hands it events and takes its answers. */
export interface RuntimeApi {
  /** Host and port, the form that `AWS_LAMBDA_RUNTIME_API` has. */
  readonly address: string;
  /** Settles with nothing when the runtime asks for its first event, or with the error of its initialization. */
  readonly initialized: Promise<InvocationOutcome | undefined>;
  /** Hands over one event; the one before must have been answered. */
  invoke(invocation: Invocation): Promise<InvocationOutcome>;
  close(): void;
}

const API = '/2018-06-01/runtime';

/**
 * Starts a Runtime API on a free loopback port. Each environment has its own, because all that its runtime gets is
 * a host and a port.
 */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const initialization = Promise.withResolvers<InvocationOutcome | undefined>();
  let waitingRuntime: ServerResponse | undefined;
  let handedOver: Invocation | undefined;
  let answer = Promise.withResolvers<InvocationOutcome>();

  const handOver = (): void => {
    if (waitingRuntime === undefined || handedOver === undefined) return;
    const { requestId, payload, functionArn, deadlineEpochMs } = handedOver;
    waitingRuntime.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(deadlineEpochMs),
      'lambda-runtime-invoked-function-arn': functionArn,
      'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000;Sampled=0',
    });
    waitingRuntime.end(payload);
    waitingRuntime = undefined;
  };

  const receive = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const url = incoming.url ?? '';
    if (url === `${API}/invocation/next`) {
      waitingRuntime = outgoing;
      initialization.resolve(undefined);
      return handOver();
    }
    const body = await text(incoming);
    outgoing.writeHead(202).end();
    if (url === `${API}/init/error`) return initialization.resolve(failure(body));
    if (handedOver === undefined || !url.startsWith(`${API}/invocation/${handedOver.requestId}/`)) return;
    handedOver = undefined;
    answer.resolve(url.endsWith('/response') ? { kind: 'answered', payload: body } : failure(body));
  };

  const server = createServer((incoming, outgoing) => {
    receive(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();

  return {
    address: `127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`,
    initialized: initialization.promise,
    invoke(invocation) {
      handedOver = invocation;
      answer = Promise.withResolvers();
      handOver();
      return answer.promise;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function failure(body: string): InvocationOutcome {
  const { errorType = 'Error', errorMessage = '' } = JSON.parse(body);
  return { kind: 'failed', errorType: String(errorType), errorMessage: String(errorMessage) };
}
