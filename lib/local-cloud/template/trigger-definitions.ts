import * as z from 'zod';
import { UnservableTemplateError } from './assembly.ts';
import { functionNameOf } from './function-definitions.ts';
import type { TemplateReader } from './template-reader.ts';

/** A queue or a table's stream whose records a function consumes in batches. */
export interface EventSourceMapping {
  readonly logicalId: string;
  /** ARN of the queue or stream, as the template names it. */
  readonly sourceArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  /** Whether the function's answer names the records that failed; otherwise a failure means the whole batch. */
  readonly reportsItemFailures: boolean;
  /** Patterns of which a record has to match one; undefined: all records are delivered. */
  readonly patterns: readonly unknown[] | undefined;
  /** The rest is for streams alone. */
  readonly startsAtOldest: boolean;
  readonly bisectsOnError: boolean;
  /** Undefined: until it succeeds. */
  readonly mostRetries: number | undefined;
  readonly oldestRecordSeconds: number | undefined;
  /** Queue that is told of batches which were given up. */
  readonly failureQueueArn: string | undefined;
}

const unlimited = (value: number): number | undefined => (value < 0 ? undefined : value);

const MappingSchema = z.looseObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.number().optional(),
  FunctionResponseTypes: z.array(z.string()).default([]),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).default('TRIM_HORIZON'),
  BisectBatchOnFunctionError: z.boolean().default(false),
  MaximumRetryAttempts: z.number().default(-1).transform(unlimited),
  MaximumRecordAgeInSeconds: z.number().default(-1).transform(unlimited),
  DestinationConfig: z
    .looseObject({ OnFailure: z.looseObject({ Destination: z.string() }).optional() })
    .optional(),
  FilterCriteria: z.looseObject({ Filters: z.array(z.object({ Pattern: z.string() })) }).optional(),
});

const SQS_BATCH_SIZE = 10;
const STREAM_BATCH_SIZE = 100;

/** Reads the event source mappings that are switched on. */
export function readEventSourceMappings(reader: TemplateReader): EventSourceMapping[] {
  return reader
    .all('AWS::Lambda::EventSourceMapping', MappingSchema)
    .filter(({ properties }) => properties.Enabled)
    .map(({ logicalId, properties }) => ({
      logicalId,
      sourceArn: properties.EventSourceArn,
      functionName: functionNameOf(properties.FunctionName) ?? properties.FunctionName,
      batchSize:
        properties.BatchSize ??
        (properties.EventSourceArn.includes(':sqs:') ? SQS_BATCH_SIZE : STREAM_BATCH_SIZE),
      reportsItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      patterns: properties.FilterCriteria?.Filters.map(({ Pattern }) => JSON.parse(Pattern)),
      startsAtOldest: properties.StartingPosition === 'TRIM_HORIZON',
      bisectsOnError: properties.BisectBatchOnFunctionError,
      mostRetries: properties.MaximumRetryAttempts,
      oldestRecordSeconds: properties.MaximumRecordAgeInSeconds,
      failureQueueArn: properties.DestinationConfig?.OnFailure?.Destination,
    }));
}

/** Lines of a log group that are delivered to a function. */
export interface LogSubscription {
  readonly logicalId: string;
  readonly logGroup: string;
  readonly functionName: string;
  /** In CloudWatch's filter syntax. */
  readonly filterPattern: string;
}

const SubscriptionSchema = z.looseObject({
  LogGroupName: z.string(),
  DestinationArn: z.string(),
  FilterPattern: z.string(),
});

/** Reads the subscription filters that lead to functions. */
export function readLogSubscriptions(reader: TemplateReader): LogSubscription[] {
  return reader.all('AWS::Logs::SubscriptionFilter', SubscriptionSchema).map(({ logicalId, properties }) => {
    const functionName = functionNameOf(properties.DestinationArn);
    if (functionName === undefined) {
      throw new UnservableTemplateError(`The log subscription ${logicalId} leads to no function.`);
    }
    return {
      logicalId,
      logGroup: properties.LogGroupName,
      functionName,
      filterPattern: properties.FilterPattern,
    };
  });
}

/** Where an event of a rule or a schedule goes. */
export interface EventTarget {
  /** ARN of a function or a queue; targets of other kinds are left out. */
  readonly arn: string;
  /** What is sent instead of the event, as JSON. */
  readonly input: string | undefined;
}

/** A rule that is triggered by events, by time, or by both. */
export interface RuleDefinition {
  readonly logicalId: string;
  readonly arn: string;
  readonly busName: string;
  /** In EventBridge's pattern syntax; undefined: no event triggers it. */
  readonly pattern: unknown;
  /** `rate(…)` or `cron(…)`; undefined: no time triggers it. */
  readonly schedule: string | undefined;
  readonly targets: readonly EventTarget[];
}

const DEFAULT_BUS = 'default';

const RuleSchema = z.looseObject({
  EventBusName: z.string().default(DEFAULT_BUS),
  EventPattern: z.unknown().optional(),
  ScheduleExpression: z.string().optional(),
  State: z.string().default('ENABLED'),
  Targets: z
    .array(
      z.looseObject({
        Arn: z.string(),
        Input: z.string().optional(),
        InputTransformer: z.undefined({ error: 'input transformers are not served' }).optional(),
        InputPath: z.undefined({ error: 'input paths are not served' }).optional(),
      }),
    )
    .default([]),
});

const ScheduleSchema = z.looseObject({
  ScheduleExpression: z.string(),
  State: z.string().default('ENABLED'),
  Target: z.looseObject({ Arn: z.string(), Input: z.string().optional() }),
});

/** Reads the rules of EventBridge and the schedules of EventBridge Scheduler that are switched on. */
export function readRules(reader: TemplateReader): RuleDefinition[] {
  const rules = reader
    .all('AWS::Events::Rule', RuleSchema)
    .filter(({ properties }) => properties.State.startsWith('ENABLED'))
    .map(({ logicalId, properties }) => ({
      logicalId,
      arn: String(reader.resolve({ 'Fn::GetAtt': [logicalId, 'Arn'] })),
      busName: properties.EventBusName.split('/').pop() ?? DEFAULT_BUS,
      pattern: properties.EventPattern,
      schedule: properties.ScheduleExpression,
      targets: properties.Targets.filter(({ Arn }) => isServed(Arn)).map(({ Arn, Input }) => ({
        arn: Arn,
        input: Input,
      })),
    }));
  const schedules = reader
    .all('AWS::Scheduler::Schedule', ScheduleSchema)
    .filter(({ properties }) => properties.State === 'ENABLED')
    .map(({ logicalId, properties }) => ({
      logicalId,
      arn: String(reader.resolve({ 'Fn::GetAtt': [logicalId, 'Arn'] })),
      busName: DEFAULT_BUS,
      pattern: undefined,
      schedule: properties.ScheduleExpression,
      targets: [{ arn: properties.Target.Arn, input: properties.Target.Input }],
    }));
  return [...rules, ...schedules];
}

function isServed(arn: string): boolean {
  return functionNameOf(arn) !== undefined || arn.includes(':sqs:');
}
