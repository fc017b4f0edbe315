import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Credential } from '../template/credentials.ts';

/** A request as far as its signature covers it. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as in the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** Why a request was refused, in the words of the service. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export interface VerificationContext {
  readonly service: 's3' | 'sqs';
  readonly region: string;
  readonly nowEpochMs: number;
  credential(accessKeyId: string): Credential | undefined;
}

export type Verification =
  | { readonly credential: Credential; readonly refusal?: undefined }
  | { readonly refusal: Refusal };

interface Claim {
  readonly accessKeyId: string;
  readonly scope: { readonly day: string; readonly region: string; readonly service: string };
  readonly date: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payloadHash: string;
  readonly securityToken: string | undefined;
  /** Seconds that a presigned URL is valid for; undefined for a request signed in its headers. */
  readonly validSeconds: number | undefined;
}

const LARGEST_SKEW_MS = 15 * 60 * 1000;
const LONGEST_VALIDITY_SECONDS = 7 * 24 * 60 * 60;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/**
 * Checks the signature (AWS Signature Version 4) of a request that is signed in its headers or in its URL. The
 * error codes are those of S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function verifySignature(request: SignedRequest, context: VerificationContext): Verification {
  const claim = readClaim(request);
  if (claim === undefined) return refuse(403, 'AccessDenied', 'Access Denied');
  const credential = context.credential(claim.accessKeyId);
  if (credential === undefined) {
    return refuse(
      403,
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
    );
  }
  const refusal =
    checkScope(claim, context) ??
    checkTime(claim, context.nowEpochMs) ??
    checkToken(claim, credential, context.nowEpochMs);
  if (refusal !== undefined) return { refusal };
  const expected = signatureOf(request, claim, credential.secretAccessKey);
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(claim.signature))) {
    return refuse(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
  return { credential };
}

function readClaim({ url, headers }: SignedRequest): Claim | undefined {
  const query = new Map(readQuery(url));
  const signature = query.get('X-Amz-Signature');
  return signature === undefined ? readHeaderClaim(headers) : readUrlClaim(query, signature, headers);
}

function readHeaderClaim(headers: IncomingHttpHeaders): Claim | undefined {
  const [, credential, signedHeaders, signature] = AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  const date = header(headers, 'x-amz-date');
  const payloadHash = header(headers, 'x-amz-content-sha256');
  if (credential === undefined || signedHeaders === undefined || signature === undefined) return undefined;
  if (date === undefined || payloadHash === undefined) return undefined;
  const securityToken = header(headers, 'x-amz-security-token');
  return claimOf(credential, {
    date,
    signedHeaders,
    signature,
    payloadHash,
    securityToken,
    validSeconds: undefined,
  });
}

function readUrlClaim(
  query: ReadonlyMap<string, string>,
  signature: string,
  headers: IncomingHttpHeaders,
): Claim | undefined {
  const credential = query.get('X-Amz-Credential');
  const signedHeaders = query.get('X-Amz-SignedHeaders');
  const date = query.get('X-Amz-Date');
  const validSeconds = Number(query.get('X-Amz-Expires'));
  if (credential === undefined || signedHeaders === undefined || date === undefined) return undefined;
  if (!/^[0-9a-f]{64}$/.test(signature) || !(validSeconds >= 1 && validSeconds <= LONGEST_VALIDITY_SECONDS)) {
    return undefined;
  }
  const signsBody = signedHeaders.split(';').includes('x-amz-content-sha256');
  const payloadHash = (signsBody ? header(headers, 'x-amz-content-sha256') : undefined) ?? 'UNSIGNED-PAYLOAD';
  const securityToken = query.get('X-Amz-Security-Token');
  return claimOf(credential, { date, signedHeaders, signature, payloadHash, securityToken, validSeconds });
}

function claimOf(
  credential: string,
  rest: Omit<Claim, 'accessKeyId' | 'scope' | 'signedHeaders'> & { readonly signedHeaders: string },
): Claim | undefined {
  const [accessKeyId, day, region, service, terminator] = credential.split('/');
  if (accessKeyId === undefined || day === undefined || region === undefined || service === undefined)
    return undefined;
  if (terminator !== 'aws4_request') return undefined;
  return {
    ...rest,
    accessKeyId,
    scope: { day, region, service },
    signedHeaders: rest.signedHeaders.split(';'),
  };
}

function checkScope({ scope, date }: Claim, { region, service }: VerificationContext): Refusal | undefined {
  if (scope.service !== service || !date.startsWith(scope.day)) {
    return refusalOf(
      400,
      'AuthorizationHeaderMalformed',
      `The credential scope is not one of ${service} on that day.`,
    );
  }
  if (scope.region === region) return undefined;
  return refusalOf(
    400,
    'AuthorizationHeaderMalformed',
    `The authorization header is malformed; the region '${scope.region}' is wrong; expecting '${region}'`,
  );
}

function checkTime({ date, validSeconds }: Claim, nowEpochMs: number): Refusal | undefined {
  const signedAtEpochMs = parseAmzDate(date);
  if (Number.isNaN(signedAtEpochMs))
    return refusalOf(403, 'AccessDenied', 'X-Amz-Date must be formatted via ISO8601.');
  if (validSeconds === undefined) {
    const skewMs = Math.abs(nowEpochMs - signedAtEpochMs);
    if (skewMs <= LARGEST_SKEW_MS) return undefined;
    const message = 'The difference between the request time and the current time is too large.';
    return refusalOf(403, 'RequestTimeTooSkewed', message);
  }
  if (nowEpochMs < signedAtEpochMs - LARGEST_SKEW_MS) {
    return refusalOf(403, 'AccessDenied', 'Request is not valid yet');
  }
  const isExpired = nowEpochMs > signedAtEpochMs + validSeconds * 1000;
  return isExpired ? refusalOf(403, 'AccessDenied', 'Request has expired') : undefined;
}

function checkToken(claim: Claim, credential: Credential, nowEpochMs: number): Refusal | undefined {
  if (claim.securityToken !== credential.sessionToken) {
    return refusalOf(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
  }
  const { expiresAtEpochMs = Number.POSITIVE_INFINITY } = credential;
  return nowEpochMs < expiresAtEpochMs
    ? undefined
    : refusalOf(400, 'ExpiredToken', 'The provided token has expired.');
}

function signatureOf({ method, url, headers }: SignedRequest, claim: Claim, secret: string): string {
  const canonicalQuery = readQuery(url)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const canonicalHeaders = claim.signedHeaders
    .map((name) => `${name}:${(header(headers, name) ?? '').trim().replace(/ +/g, ' ')}\n`)
    .join('');
  const canonicalRequest = [
    method,
    url.split('?')[0],
    canonicalQuery,
    canonicalHeaders,
    claim.signedHeaders.join(';'),
    claim.payloadHash,
  ].join('\n');
  const { day, region, service } = claim.scope;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const digest = createHash('sha256').update(canonicalRequest).digest('hex');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secret}`);
  return hmac(key, ['AWS4-HMAC-SHA256', claim.date, scope, digest].join('\n')).toString('hex');
}

function readQuery(url: string): [name: string, value: string][] {
  const query = url.split('?')[1] ?? '';
  // In a signed URL a plus sign is a plus sign, not a space.
  return [...new URLSearchParams(query.replaceAll('+', '%2B'))];
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function parseAmzDate(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function refusalOf(status: number, code: string, message: string): Refusal {
  return { status, code, message };
}

function refuse(status: number, code: string, message: string): Verification {
  return { refusal: refusalOf(status, code, message) };
}
