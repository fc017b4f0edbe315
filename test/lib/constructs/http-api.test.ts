import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { resource, resourcesOf, type StackTemplate, templateOf } from '../../support/infra/synthesized.ts';

const prod = templateOf('prod');

const webhooks = {
  'POST /webhooks/call-action': 'CallActionFunction',
  'POST /webhooks/call-status': 'CallStatusFunction',
  'POST /webhooks/session-summary': 'SessionSummaryFunction',
  'POST /webhooks/recording-uploaded': 'RecordingUploadedFunction',
  'POST /webhooks/number-updated': 'NumberUpdatedFunction',
};

const bookingApi = [
  'POST /v1/bookings',
  'GET /v1/bookings',
  'GET /v1/bookings/{bookingId}',
  'PATCH /v1/bookings/{bookingId}',
  'POST /v1/bookings/{bookingId}/complete',
  'POST /v1/bookings/{bookingId}/cancel',
  'GET /v1/bookings/{bookingId}/sessions',
  'POST /v1/bookings/{bookingId}/calls',
  'GET /v1/sessions',
  'GET /v1/sessions/{sessionId}',
  'GET /v1/sessions/{sessionId}/recordings',
  'GET /v1/recordings/{recordingId}/download',
  'GET /v1/pool',
  'GET /v1/numbers',
  'PUT /v1/numbers/{e164}',
  'DELETE /v1/numbers/{e164}',
  'POST /v1/numbers/{e164}/renumber',
  'POST /v1/numbers/sync',
  'GET /v1/blocklist',
  'GET /v1/blocklist/{e164}',
  'PUT /v1/blocklist/{e164}',
  'DELETE /v1/blocklist/{e164}',
  'DELETE /v1/parties/{e164}',
  'GET /openapi.json',
  'GET /asyncapi.json',
  'GET /v1/menus',
  'GET /v1/menus/{menuId}',
  'PUT /v1/menus/{menuId}',
  'DELETE /v1/menus/{menuId}',
  'POST /v1/menus/{menuId}/calls',
  'POST /v1/messages',
];

const route = z.looseObject({
  RouteKey: z.string(),
  AuthorizationType: z.string(),
  Target: z.object({
    'Fn::Join': z.tuple([
      z.literal(''),
      z.tuple([z.literal('integrations/'), z.object({ Ref: z.string() })]),
    ]),
  }),
});

/** Route key to authorization type and the function that answers. */
function routesOf(template: StackTemplate): Map<string, { authorization: string; integration: unknown }> {
  return new Map(
    Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Route')).map(({ Properties }) => {
      const { RouteKey, AuthorizationType, Target } = route.parse(Properties);
      const { IntegrationUri } = resource(template, Target['Fn::Join'][1][1].Ref).Properties;
      return [RouteKey, { authorization: AuthorizationType, integration: IntegrationUri }];
    }),
  );
}

function stageOf(template: StackTemplate): Record<string, unknown> {
  const [stage] = Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Stage'));
  return stage?.Properties ?? {};
}

describe('routes', () => {
  test('are the documented ones, and no other', () => {
    expect([...routesOf(prod).keys()].sort()).toEqual([...Object.keys(webhooks), ...bookingApi].sort());
  });

  test.each(Object.entries(webhooks))('%s leads to %s, which authenticates 8x8 itself', (key, functionId) => {
    expect(routesOf(prod).get(key)).toEqual({
      authorization: 'NONE',
      integration: { 'Fn::GetAtt': [functionId, 'Arn'] },
    });
  });

  test.each(bookingApi)('%s is for callers with AWS credentials', (key) => {
    expect(routesOf(prod).get(key)).toEqual({
      authorization: 'AWS_IAM',
      integration: { 'Fn::GetAtt': ['BookingApiFunction', 'Arn'] },
    });
  });
});

describe('who may use the booking API', () => {
  test('bearers of a token, when an issuer is configured', () => {
    const template = templateOf('prod', {
      'api.auth': { issuer: 'https://login.example.com/', audience: ['bookings'] },
    });

    const [authorizer] = Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Authorizer'));

    expect(authorizer?.Properties).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://login.example.com/', Audience: ['bookings'] },
    });
    expect(routesOf(template).get('POST /v1/bookings')?.authorization).toBe('JWT');
    expect(routesOf(template).get('POST /webhooks/call-action')?.authorization).toBe('NONE');
  });

  test('anyone on the machine, on stage local alone', () => {
    expect(routesOf(templateOf('local')).get('POST /v1/bookings')?.authorization).toBe('NONE');
  });
});

describe('the stage', () => {
  test('bounds the booking API and each webhook apart', () => {
    const template = templateOf('prod', {
      'api.throttle': { burst: 20, rate: 10 },
      'api.webhookThrottle': { burst: 60, rate: 30 },
    });

    expect(stageOf(template)).toMatchObject({
      DefaultRouteSettings: { ThrottlingBurstLimit: 20, ThrottlingRateLimit: 10 },
      RouteSettings: Object.fromEntries(
        Object.keys(webhooks).map((key) => [
          key,
          expect.objectContaining({ ThrottlingBurstLimit: 60, ThrottlingRateLimit: 30 }),
        ]),
      ),
    });
  });

  test('exists only after the routes that it bounds', () => {
    const [stage] = Object.values(resourcesOf(prod, 'AWS::ApiGatewayV2::Stage'));
    const routeIds = Object.keys(resourcesOf(prod, 'AWS::ApiGatewayV2::Route'));

    expect(stage?.DependsOn).toEqual(expect.arrayContaining(routeIds));
  });

  test('logs the route and never what was asked for', () => {
    const { Format } = z.object({ Format: z.string() }).parse(stageOf(prod).AccessLogSettings);

    expect(JSON.parse(Format)).toMatchObject({ routeKey: '$context.routeKey', status: '$context.status' });
    expect(Format).not.toMatch(/\$context\.(path|protocol|error|authorizer|integrationErrorMessage)/);
    expect(Format).not.toMatch(/path|query/i);
  });
});

describe('a domain name of its own', () => {
  const customDomain = {
    name: 'calls.example.com',
    certificateArn:
      'arn:aws:acm:ap-southeast-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f',
  };

  test('takes the place of the generated one, in the API and in every URL', () => {
    const template = templateOf('prod', { 'api.customDomain': customDomain });

    expect(resource(template, 'HttpApi').Properties.DisableExecuteApiEndpoint).toBe(true);
    expect(template.Outputs.CallActionWebhookUrl?.Value).toBe(
      'https://calls.example.com/webhooks/call-action',
    );
    expect(resourcesOf(template, 'AWS::Route53::RecordSet')).toEqual({});
  });

  test('gets a DNS record where its zone is known', () => {
    const template = templateOf('prod', {
      'api.customDomain': { ...customDomain, hostedZone: { id: 'Z0123456789', name: 'example.com' } },
    });

    const [record] = Object.values(resourcesOf(template, 'AWS::Route53::RecordSet'));

    expect(record?.Properties).toMatchObject({
      Name: 'calls.example.com.',
      Type: 'A',
      HostedZoneId: 'Z0123456789',
    });
  });
});
