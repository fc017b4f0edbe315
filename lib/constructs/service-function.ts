import type { Duration } from 'aws-cdk-lib';
import { type IGrantable, type IPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionEnvironment, FunctionName } from '../../functions/shared/config/env-names.ts';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';
import { pinLogicalId } from './logical-id.ts';
import { removalPolicyOf } from './removal.ts';

/** Gives the deployable code of a function: its bundle, or anything a test puts in its place. */
export type CodeSource = (name: FunctionName) => Code;

/** What every function of the service is built with. */
export interface FunctionDefaults {
  readonly codeFor: CodeSource;
  readonly operations: DeploymentConfig['operations'];
}

/** Where one function differs from the others. */
export interface ServiceFunctionProps<Name extends FunctionName> {
  readonly description: string;
  /** Every variable that the function reads, and no other. */
  readonly environment: FunctionEnvironment<Name>;
  readonly timeout: Duration;
  /** 512 by default: enough processor that loading the AWS SDK does not show. */
  readonly memoryMb?: number;
  readonly reservedConcurrency?: number | undefined;
  /**
   * Whether stack traces name the lines of the sources; on by default. Reading the source maps makes a cold start
   * about a third longer.
   */
  readonly readableStacks?: boolean;
  /** Receives the events of asynchronous invocations that failed for good. */
  readonly deadLetterQueue?: IQueue;
}

/**
 * A Lambda as this service runs them: the newest Node LTS, a role that starts with nothing but its own
 * log group, and a logical id that follows from the folder (`call-action` becomes `CallActionFunction`).
 */
export class ServiceFunction<Name extends FunctionName = FunctionName>
  extends Construct
  implements IGrantable
{
  readonly lambda: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly grantPrincipal: IPrincipal;

  constructor(
    scope: Construct,
    name: Name,
    functionDefaults: FunctionDefaults,
    props: ServiceFunctionProps<Name>,
  ) {
    const id = pascalCase(name);
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: functionDefaults.operations.retentionDays.logs,
      removalPolicy: removalPolicyOf(functionDefaults.operations),
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    // The SAM CLI names a function by the last part of its construct path, so that one says which function it is.
    this.lambda = new LambdaFunction(this, `${id}Function`, {
      description: props.description,
      code: functionDefaults.codeFor(name),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture:
        functionDefaults.operations.architecture === 'x86_64' ? Architecture.X86_64 : Architecture.ARM_64,
      memorySize: props.memoryMb ?? 512,
      timeout: props.timeout,
      environment: {
        ...props.environment,
        ...(props.readableStacks !== false && { NODE_OPTIONS: '--enable-source-maps' }),
      },
      role,
      logGroup: this.logGroup,
      // The functions write finished JSON lines to standard output. Format TEXT passes them on as they are, so
      // that a log subscription can filter on their fields; format JSON would wrap what is not one of Lambda's own.
      loggingFormat: LoggingFormat.TEXT,
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      ...(props.deadLetterQueue && { deadLetterQueue: props.deadLetterQueue }),
    });
    this.grantPrincipal = this.lambda.grantPrincipal;
    pinLogicalId(this.lambda, `${id}Function`);
  }
}

function pascalCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
