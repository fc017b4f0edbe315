import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { AccessKey, User } from 'aws-cdk-lib/aws-iam';
import { type Alias, Code, Function as LambdaFn, Runtime, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { FilterPattern, LogGroup, SubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { asFunctionInterface } from '../../../../lib/constructs/cdk-interfaces.ts';
import { fixtureFolder } from './function-fixture.ts';

/** A record with this text fails in every function that consumes records. */
export const POISON = 'poison';

/**
 * A small stack with one of everything that the local cloud serves; all consumers keep what they get in
 * `sinkFolder`, each in a folder named like itself.
 */
class FixtureStack extends Stack {
  readonly #sinkFolder: string;

  constructor(app: App, sinkFolder: string) {
    super(app, 'Fixture');
    this.#sinkFolder = sinkFolder;
    const table = new TableV2(this, 'Items', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttlEpochSeconds',
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      globalSecondaryIndexes: [
        { indexName: 'byOwner', partitionKey: { name: 'owner', type: AttributeType.STRING } },
      ],
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const deadLetters = new Queue(this, 'DeadLetters');
    const work = new Queue(this, 'Work', {
      visibilityTimeout: Duration.minutes(3),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 2 },
    });
    const secret = new Secret(this, 'Token');
    const bucket = new Bucket(this, 'Recordings');
    const uploader = new User(this, 'Uploader');
    bucket.grantPut(uploader, 'recordings/*');
    const accessKey = new AccessKey(this, 'UploaderKey', { user: uploader });

    this.#addApi(table, secret);
    const fromStream = this.#sink('FromStream');
    fromStream.addEventSourceMapping('Changes', {
      eventSourceArn: table.tableStreamArn ?? '',
      startingPosition: StartingPosition.TRIM_HORIZON,
      reportBatchItemFailures: true,
      retryAttempts: 3,
    });
    this.#sink('FromQueue').addEventSource(
      new SqsEventSource(work, { reportBatchItemFailures: true, batchSize: 10 }),
    );
    this.#addEvents(work);
    new CfnOutput(this, 'SecretAccessKey', { value: accessKey.secretAccessKey.unsafeUnwrap() });
  }

  #addApi(table: TableV2, secret: Secret): void {
    const api = new HttpApi(this, 'Api');
    const inspect = this.#function('Inspect', 'inspectOverHttp', {
      TABLE: table.tableName,
      SECRET_ARN: secret.secretArn,
      WORK_OF: `${api.apiId}/${this.region}`,
    });
    const route = (path: string, method: HttpMethod, handler: Alias | LambdaFn) =>
      api.addRoutes({
        path,
        methods: [method],
        integration: new HttpLambdaIntegration(path, asFunctionInterface(handler)),
      });
    route('/inspect/{id}', HttpMethod.GET, inspect.addAlias('live'));
    route('/items/{id}', HttpMethod.GET, this.#function('ReadItem', 'readItem', { TABLE: table.tableName }));

    const logGroup = new LogGroup(this, 'SayLogs');
    const say = this.#function('Say', 'say', {}, logGroup);
    route('/say', HttpMethod.POST, say);
    new SubscriptionFilter(this, 'Decided', {
      logGroup,
      destination: new LambdaDestination(this.#sink('FromLogs')),
      filterPattern: FilterPattern.stringValue('$.code', '=', 'CALL_DECIDED'),
    });
  }

  #addEvents(work: Queue): void {
    const eventBus = new EventBus(this, 'Bus');
    const fromEvents = this.#sink('FromEvents');
    new Rule(this, 'OnBooking', {
      eventBus,
      eventPattern: { detailType: ['booking.created'] },
      targets: [new LambdaFunction(fromEvents), new SqsQueue(work)],
    });
    new Rule(this, 'Nightly', {
      schedule: Schedule.cron({ minute: '0', hour: '3' }),
      targets: [new LambdaFunction(fromEvents)],
    });
  }

  #sink(id: string): LambdaFn {
    return this.#function(id, 'sink', { SINK_FOLDER: this.#sinkFolder, SINK: id, FAIL_ON: POISON });
  }

  #function(id: string, handler: string, environment: Record<string, string>, logGroup?: LogGroup): LambdaFn {
    return new LambdaFn(this, id, {
      code: Code.fromAsset(fixtureFolder('functions')),
      handler: `index.${handler}`,
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(10),
      environment,
      ...(logGroup && { logGroup }),
    });
  }
}

/** Writes the fixture's cloud assembly into a folder. */
export function synthesizeFixture(outdir: string, sinkFolder: string): string {
  const app = new App({ outdir, builtinCloudFormationValidation: false, analyticsReporting: false });
  new FixtureStack(app, sinkFolder);
  return app.synth().directory;
}
