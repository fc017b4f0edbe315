import * as z from 'zod';
import { UnservableTemplateError } from './assembly.ts';
import type { TemplateReader } from './template-reader.ts';

/** One Lambda function of the template, ready to be run. */
export interface FunctionDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Module and export, such as `index.handler`. */
  readonly handler: string;
  /** Folder with the bundle; absolute. */
  readonly codeFolder: string;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** Executions at a time; more are throttled. Undefined: no bound of its own. */
  readonly reservedConcurrency: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly logLevel: string | undefined;
  /** Where events of asynchronous invocations go that failed for good. */
  readonly deadLetterQueueArn: string | undefined;
}

/** A function that is in the template and cannot run here, and why. */
export interface UnservableFunction {
  readonly logicalId: string;
  readonly name: string;
  readonly reason: string;
}

const FunctionSchema = z.looseObject({
  FunctionName: z.string().optional(),
  Handler: z.string(),
  Runtime: z.string(),
  Code: z.looseObject({ S3Key: z.string() }),
  MemorySize: z.number().default(128),
  Timeout: z.number().default(3),
  ReservedConcurrentExecutions: z.number().optional(),
  Environment: z.looseObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  Layers: z.array(z.unknown()).optional(),
  LoggingConfig: z
    .looseObject({
      LogGroup: z.string().optional(),
      LogFormat: z.enum(['Text', 'JSON']).default('Text'),
      ApplicationLogLevel: z.string().optional(),
    })
    .optional(),
  DeadLetterConfig: z.looseObject({ TargetArn: z.string() }).optional(),
});

/**
 * Reads every function. One that cannot run here (another language, inline code, a value that only AWS has) is
 * told apart instead of stopping the rest: the template may hold helpers that only a deployment needs.
 */
export function readFunctions(reader: TemplateReader): {
  functions: FunctionDefinition[];
  unservable: UnservableFunction[];
} {
  const functions: FunctionDefinition[] = [];
  const unservable: UnservableFunction[] = [];
  for (const logicalId of reader.logicalIds('AWS::Lambda::Function')) {
    try {
      functions.push(readFunction(reader, logicalId));
    } catch (error) {
      if (!(error instanceof UnservableTemplateError)) throw error;
      const name = String(reader.resolve({ Ref: logicalId }));
      unservable.push({ logicalId, name, reason: error.message });
    }
  }
  return { functions, unservable };
}

function readFunction(reader: TemplateReader, logicalId: string): FunctionDefinition {
  const { properties } = reader.one(logicalId, FunctionSchema);
  const { Runtime, Code, Layers, LoggingConfig } = properties;
  if (!Runtime.startsWith('nodejs')) throw new UnservableTemplateError(`${logicalId} needs ${Runtime}.`);
  if (Layers !== undefined && Layers.length > 0)
    throw new UnservableTemplateError(`${logicalId} uses layers.`);
  const codeFolder = reader.stack.assetPaths.get(Code.S3Key);
  if (codeFolder === undefined) {
    throw new UnservableTemplateError(
      `The code of ${logicalId} is not in the assembly: no asset ${Code.S3Key}.`,
    );
  }
  const name = String(reader.resolve({ Ref: logicalId }));
  return {
    logicalId,
    name,
    arn: String(reader.resolve({ 'Fn::GetAtt': [logicalId, 'Arn'] })),
    handler: properties.Handler,
    codeFolder,
    runtime: Runtime,
    memoryMb: properties.MemorySize,
    timeoutMs: properties.Timeout * 1000,
    reservedConcurrency: properties.ReservedConcurrentExecutions,
    environment: properties.Environment?.Variables ?? {},
    logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    logFormat: LoggingConfig?.LogFormat ?? 'Text',
    logLevel: LoggingConfig?.ApplicationLogLevel,
    deadLetterQueueArn: properties.DeadLetterConfig?.TargetArn,
  };
}

/** The name of the function that an ARN of it, of a version or of an alias means; undefined for other ARNs. */
export function functionNameOf(arn: string): string | undefined {
  return /:function:([A-Za-z0-9_-]+)/.exec(arn)?.[1];
}
