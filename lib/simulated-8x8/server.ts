import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Route, type SimulatorAnswer, SimulatorRequestError } from './http.ts';
import type { Platform } from './platform.ts';

const LARGEST_BODY_BYTES = 1_048_576;

/** Says how a request is answered that is not to be served; undefined for one that is. */
export type Refuse = (
  request: IncomingMessage,
  path: string,
) =>
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | Buffer;
    }
  | undefined;

/** Makes the HTTP server of the simulator (not listening yet) from its routes. */
export function createSimulatorServer(
  routes: readonly Route[],
  platform: Platform,
  refuse: Refuse = () => undefined,
): Server {
  const table = routes.map((route) => ({ route, segments: route.path.split('/') }));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await answerTo(request).catch((error: unknown) => describeError(error, platform));
    send(response, answer);
  }

  async function answerTo(request: IncomingMessage): Promise<SimulatorAnswer> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://simulator');
    const method = request.method ?? 'GET';
    const matches = table.flatMap(({ route, segments }) => {
      const params = matchPath(segments, pathname);
      return params === undefined ? [] : [{ route, params }];
    });
    const match = matches.find(({ route }) => route.method === method);
    if (match === undefined)
      throw refusal(
        method,
        pathname,
        matches.map(({ route }) => route.method),
      );
    platform.log({ code: 'REQUEST', method, route: match.route.path });
    return match.route.handle({
      method,
      path: pathname,
      origin: `http://${request.headers.host ?? '127.0.0.1'}`,
      query: searchParams,
      authorization: request.headers.authorization,
      body: await readText(request),
      params: match.params,
    });
  }

  return createServer((request, response) => {
    const refusal = refuse(request, new URL(request.url ?? '/', 'http://simulator').pathname);
    if (refusal === undefined) return void serve(request, response);
    response.writeHead(refusal.status, { ...refusal.headers });
    response.end(refusal.body);
  });
}

function refusal(method: string, pathname: string, allowed: readonly string[]): SimulatorRequestError {
  return allowed.length === 0
    ? new SimulatorRequestError(
        404,
        'NOT_FOUND',
        `There is no ${pathname}. GET /simulator lists what there is.`,
      )
    : new SimulatorRequestError(
        405,
        'METHOD_NOT_ALLOWED',
        `${method} is not possible here, but ${allowed.join(', ')} is.`,
      );
}

/** @returns the parameters of the path, or undefined when it is another one. */
function matchPath(segments: readonly string[], pathname: string): Record<string, string> | undefined {
  const actual = pathname.split('/');
  if (actual.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = actual[index] ?? '';
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name === undefined) {
      if (text !== segment) return undefined;
    } else {
      params[name] = decode(text);
    }
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Reads a body to its end even when it is too large, so that the connection stays usable. */
async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length <= LARGEST_BODY_BYTES) chunks.push(bytes);
  }
  if (length <= LARGEST_BODY_BYTES) return Buffer.concat(chunks).toString('utf8');
  throw new SimulatorRequestError(413, 'BODY_TOO_LARGE', `A body has at most ${LARGEST_BODY_BYTES} bytes.`);
}

function describeError(error: unknown, platform: Platform): SimulatorAnswer {
  if (error instanceof SimulatorRequestError) {
    return {
      status: error.status,
      json: { code: error.code, message: error.message, errors: error.errors },
    };
  }
  const message = error instanceof Error ? error.message : 'unknown';
  platform.log({ code: 'UNEXPECTED_ERROR', message });
  return {
    status: 500,
    json: { code: 'INTERNAL', message: `The simulator itself failed: ${message}`, errors: [] },
  };
}

function send(response: ServerResponse, answer: SimulatorAnswer): void {
  if (answer.reset === true) {
    response.destroy();
    return;
  }
  const { afterwards } = answer;
  if (afterwards !== undefined) response.once('close', afterwards);
  const text = answer.text ?? {
    contentType: 'application/json; charset=utf-8',
    content: answer.json === undefined ? '' : `${JSON.stringify(answer.json)}\n`,
  };
  response.writeHead(answer.status, {
    ...(text.content === '' ? {} : { 'content-type': text.contentType }),
    'content-length': Buffer.byteLength(text.content),
    ...answer.headers,
  });
  response.end(text.content);
}
