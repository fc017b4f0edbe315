import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { countMetric, type Logger } from '../observability/logger.ts';
import { metricNames } from '../observability/metric-names.ts';
import type { CachedValue } from '../ports/cached-value.ts';

export interface WebhookAuthOptions {
  readonly webhook: string;
  /** The values of `Authorization` that are accepted: the registered one and, in a rotation, the one before. */
  readonly acceptedAuthorizations: CachedValue<readonly string[]>;
  /** Addresses that may call; undefined accepts any. */
  readonly allowedSourceIps: ReadonlySet<string> | undefined;
  readonly logger: Logger;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares with every accepted value in constant time: neither a match nor a near miss can be measured. */
export function isAccepted(presented: string, accepted: readonly string[]): boolean {
  const presentedDigest = digest(presented);
  let matches = 0;
  for (const value of accepted) matches |= Number(timingSafeEqual(presentedDigest, digest(value)));
  return matches === 1;
}

/**
 * Lets a webhook through when its `Authorization` header is the value registered with 8x8, verbatim. Everything
 * else is answered 401 with an empty body before anything is read, looked up or stored: a forged request learns
 * nothing. 8x8 signs nothing, so this and the source address are the only proofs of origin there are.
 */
export function webhookAuth(
  options: WebhookAuthOptions,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    before: async function webhookAuthBefore({ event }) {
      const presented = event.headers.authorization ?? '';
      const accepted = await options.acceptedAuthorizations.get();
      if (!isAccepted(presented, accepted)) {
        options.logger.warn('WEBHOOK_UNAUTHENTICATED', { webhook: options.webhook }, [
          countMetric(metricNames.webhookUnauthenticated),
        ]);
        return { statusCode: 401, body: '' };
      }
      const { sourceIp } = event.requestContext.http;
      if (options.allowedSourceIps !== undefined && !options.allowedSourceIps.has(sourceIp)) {
        // The right secret from a strange place means the secret has leaked or 8x8 has a new address.
        options.logger.warn('WEBHOOK_FROM_UNKNOWN_ADDRESS', { webhook: options.webhook }, [
          countMetric(metricNames.webhookFromUnknownAddress),
        ]);
        return { statusCode: 401, body: '' };
      }
      return undefined;
    },
  };
}
