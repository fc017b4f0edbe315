import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ACCOUNT_ID } from '../template/physical-names.ts';
import type { RouteMatch } from './http-routing.ts';
import { decodePart, readTarget } from './request-target.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Media types that API Gateway hands over as text; every other body arrives in base64. */
const TEXT_TYPE = /^(text\/.*|application\/(json|javascript|xml)|.*\+(json|xml))$/;

/** Makes the event that API Gateway makes of a request: payload format 2.0 of an HTTP API. */
export function createHttpEvent(
  request: IncomingMessage,
  body: Buffer,
  match: RouteMatch,
): APIGatewayProxyEventV2 {
  const method = request.method ?? 'GET';
  const { path, query: rawQueryString } = readTarget(request);
  const sourceIp = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1';
  const { cookies, headers } = readHeaders(request, sourceIp);
  const query = readQuery(rawQueryString);
  const isText = isTextBody(headers);
  const host = headers.host ?? 'localhost';
  const now = new Date();
  // API Gateway decodes the path of an HTTP API, unlike that of a REST API or a function URL.
  const rawPath = decodePart(path);
  return {
    version: '2.0',
    routeKey: match.route.routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    ...(Object.keys(match.pathParameters).length > 0 && { pathParameters: match.pathParameters }),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: 'local',
      domainName: host,
      domainPrefix: host.split('.')[0] ?? host,
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: match.route.routeKey,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: isText ? body.toString('utf8') : body.toString('base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Lower-cased names, repeated headers joined with commas, cookies apart, and what the gateway adds itself. */
function readHeaders(
  request: IncomingMessage,
  sourceIp: string,
): { cookies: string[]; headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (const [name, values = []] of Object.entries(request.headersDistinct)) {
    if (name === 'cookie') cookies.push(...values.flatMap((value) => value.split(/;\s*/)));
    else headers[name] = values.join(',');
  }
  const before = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = before === undefined ? sourceIp : `${before}, ${sourceIp}`;
  headers['x-forwarded-port'] = String(request.socket.localPort ?? '');
  headers['x-forwarded-proto'] = 'http';
  return { cookies, headers };
}

/** A name that occurs several times has its values joined with commas. */
function readQuery(rawQueryString: string): Record<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = query.get(name);
    query.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(query);
}

function isTextBody(headers: Readonly<Record<string, string>>): boolean {
  if (headers['content-encoding'] !== undefined) return false;
  const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return TEXT_TYPE.test(mediaType);
}

/** The form of the access logs: `12/Mar/2020:19:03:58 +0000`. */
function commonLogTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}
