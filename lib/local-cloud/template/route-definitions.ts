import * as z from 'zod';
import { UnservableTemplateError } from './assembly.ts';
import { functionNameOf } from './function-definitions.ts';
import type { TemplateReader } from './template-reader.ts';

/** One route of the HTTP API and the function that answers it. */
export interface RouteDefinition {
  /** As in the template: `POST /v1/bookings/{bookingId}`, `ANY /{proxy+}` or `$default`. */
  readonly routeKey: string;
  readonly functionName: string;
  /** API Gateway waits no longer than this for the function. */
  readonly integrationTimeoutMs: number;
}

const LONGEST_INTEGRATION_MS = 30_000;

const RouteSchema = z.looseObject({ RouteKey: z.string(), Target: z.string() });
const IntegrationSchema = z.looseObject({
  IntegrationType: z.literal('AWS_PROXY', {
    error: 'only integrations with a function (AWS_PROXY) are served',
  }),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0', { error: 'only payload format 2.0 is served' }),
  TimeoutInMillis: z.number().default(LONGEST_INTEGRATION_MS),
});

/**
 * Reads the routes of the only HTTP API of the stack.
 * @throws UnservableTemplateError when there are several APIs, or a route that leads to no function.
 */
export function readRoutes(reader: TemplateReader): RouteDefinition[] {
  const apis = reader.logicalIds('AWS::ApiGatewayV2::Api');
  if (apis.length > 1) {
    throw new UnservableTemplateError(
      `The local cloud serves one HTTP API; the template has ${apis.join(', ')}.`,
    );
  }
  const integrations = new Map(
    reader
      .all('AWS::ApiGatewayV2::Integration', IntegrationSchema)
      .map(({ logicalId, properties }) => [String(reader.resolve({ Ref: logicalId })), properties]),
  );
  return reader.all('AWS::ApiGatewayV2::Route', RouteSchema).map(({ logicalId, properties }) => {
    const integration = integrations.get(properties.Target.replace(/^integrations\//, ''));
    const functionName = functionNameOf(integration?.IntegrationUri ?? '');
    if (integration === undefined || functionName === undefined) {
      throw new UnservableTemplateError(
        `The route ${logicalId} (${properties.RouteKey}) leads to no function.`,
      );
    }
    return {
      routeKey: properties.RouteKey,
      functionName,
      integrationTimeoutMs: Math.min(integration.TimeoutInMillis, LONGEST_INTEGRATION_MS),
    };
  });
}
