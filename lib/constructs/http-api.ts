import { Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  HttpApi as GatewayApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE, metricNames } from '../../functions/shared/observability/metric-names.ts';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { bookingApiPaths, type WebhookName, webhookPaths } from '../routes.ts';
import { CustomDomain } from './custom-domain.ts';
import { pinLogicalId } from './logical-id.ts';
import { removalPolicyOf } from './removal.ts';

/**
 * One line per request. The route key stands for the path: the raw path and the query can both hold a phone
 * number, and so can an error message that quotes them.
 */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseLatencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
  responseLength: '$context.responseLength',
  sourceIp: '$context.identity.sourceIp',
};

interface HttpApiProps {
  readonly api: DeploymentConfig['api'];
  readonly operations: DeploymentConfig['operations'];
  /** The function that answers each webhook; a webhook left out has no route. */
  readonly webhooks: ReadonlyMap<WebhookName, IFunction>;
  readonly bookingApi: IFunction;
}

/**
 * The way in: a route per webhook, open to the internet and authenticated by the function itself, and the routes
 * of the booking API behind the authorizer that the configuration names.
 */
export class HttpApi extends Construct {
  /** Where the API answers, without a trailing slash. */
  readonly url: string;
  readonly gateway: GatewayApi;

  constructor(scope: Construct, props: HttpApiProps) {
    super(scope, 'HttpApi');
    const { customDomain } = props.api;
    this.gateway = new GatewayApi(this, 'Gateway', {
      apiName: Stack.of(this).stackName,
      description: 'Webhooks of 8x8 Voice and the booking API.',
      createDefaultStage: false,
      disableExecuteApiEndpoint: customDomain !== undefined,
    });
    pinLogicalId(this.gateway, 'HttpApi');
    this.#addWebhooks(props.webhooks);
    this.#addBookingApi(props.bookingApi, authorizerOf(props.api.auth));
    const stage = this.#addStage(props);
    this.url =
      customDomain === undefined
        ? this.gateway.apiEndpoint
        : new CustomDomain(this, { ...customDomain, api: this.gateway, stage }).url;
  }

  /** Where 8x8 reaches a webhook. */
  webhookUrl(name: WebhookName): string {
    return `${this.url}${webhookPaths[name]}`;
  }

  #addWebhooks(webhooks: HttpApiProps['webhooks']): void {
    for (const [name, handler] of webhooks) {
      const routes = this.gateway.addRoutes({
        path: webhookPaths[name],
        methods: [HttpMethod.POST],
        integration: new HttpLambdaIntegration(name, handler),
        authorizer: new HttpNoneAuthorizer(),
      });
      for (const route of routes) {
        Validations.of(route).acknowledge({
          id: 'AwsSolutions-APIG4',
          reason:
            'Called by 8x8, which signs nothing: the function compares a secret header before it reads anything.',
        });
      }
    }
  }

  #addBookingApi(handler: IFunction, authorizer: IHttpRouteAuthorizer): void {
    // One permission for the API instead of one per route: together those would outgrow a function's policy.
    const integration = new HttpLambdaIntegration('booking-api', handler, { scopePermissionToRoute: false });
    for (const [path, methods] of Object.entries(bookingApiPaths)) {
      this.gateway.addRoutes({
        path,
        methods: methods.map((method) => HttpMethod[method]),
        integration,
        authorizer,
      });
    }
  }

  #addStage({ api, operations, webhooks }: HttpApiProps): HttpStage {
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: operations.retentionDays.logs,
      removalPolicy: removalPolicyOf(operations),
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.gateway,
      stageName: '$default',
      autoDeploy: true,
      throttle: { burstLimit: api.throttle.burst, rateLimit: api.throttle.rate },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLogs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
      },
    });
    // The gateway's own metrics do not tell a request that it throttled from one that was wrong.
    new MetricFilter(this, 'ThrottledWebhooks', {
      logGroup: accessLogs,
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue('$.status', '=', '429'),
        FilterPattern.stringValue('$.routeKey', '=', 'POST /webhooks/*'),
      ),
      metricNamespace: METRIC_NAMESPACE,
      metricName: metricNames.webhookThrottled,
      metricValue: '1',
    });
    this.#throttleWebhooks(stage, [...webhooks.keys()], api.webhookThrottle);
    return stage;
  }

  /** Gives each webhook a bound of its own, so that no rush on the booking API leaves a caller unanswered. */
  #throttleWebhooks(stage: HttpStage, webhooks: readonly WebhookName[], { burst, rate }: Throttle): void {
    const resource = stage.node.defaultChild;
    if (!(resource instanceof CfnStage)) throw new Error('The stage of the API has no resource.');
    const settings = { ThrottlingBurstLimit: burst, ThrottlingRateLimit: rate };
    resource.routeSettings = Object.fromEntries(
      webhooks.map((name) => [`POST ${webhookPaths[name]}`, settings]),
    );
    // The gateway refuses settings of a route that does not exist yet.
    stage.node.addDependency(...this.gateway.node.children.filter((child) => child instanceof HttpRoute));
  }
}

type Throttle = DeploymentConfig['api']['throttle'];

function authorizerOf(auth: DeploymentConfig['api']['auth']): IHttpRouteAuthorizer {
  if (auth === 'iam') return new HttpIamAuthorizer();
  if (auth === 'none') return new HttpNoneAuthorizer();
  return new HttpJwtAuthorizer('JwtAuthorizer', auth.issuer, { jwtAudience: [...auth.audience] });
}
