import * as z from 'zod';
import { type FunctionDefinition, functionNameOf } from './function-definitions.ts';
import type { TemplateReader } from './template-reader.ts';

/** A resource that a function of the stack makes, behind the Lambda of CDK's provider framework. */
export interface CustomResourceDefinition {
  readonly logicalId: string;
  /** The function that is asked, not the one in front of it. */
  readonly functionName: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const PropertiesSchema = z.looseObject({ ServiceToken: z.string() });

/** How the framework's Lambda is told which function it stands in front of. */
const FRAMEWORK_TARGET = 'USER_ON_EVENT_FUNCTION_ARN';

/** Reads the custom resources whose provider is a function of the same stack. */
export function readCustomResources(
  reader: TemplateReader,
  functions: readonly FunctionDefinition[],
): CustomResourceDefinition[] {
  const types = Object.values(reader.stack.template.Resources)
    .map(({ Type }) => Type)
    .filter((type) => type.startsWith('Custom::'));
  return [...new Set(types)]
    .flatMap((type) => reader.all(type, PropertiesSchema))
    .flatMap(({ logicalId, properties: { ServiceToken, ...properties } }) => {
      const framework = functions.find(({ arn }) => arn === ServiceToken);
      const functionName = functionNameOf(framework?.environment[FRAMEWORK_TARGET] ?? '');
      return functionName === undefined ? [] : [{ logicalId, functionName, properties }];
    });
}
