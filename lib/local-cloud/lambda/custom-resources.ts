import type { CustomResourceDefinition } from '../template/custom-resource-definitions.ts';
import type { LambdaService } from './lambda-service.ts';

/**
 * Creates a custom resource as a deployment would.
 * @throws Error with what the function answered, when it failed.
 */
export async function createCustomResource(
  { logicalId, functionName, properties }: CustomResourceDefinition,
  lambda: Pick<LambdaService, 'invoke'>,
): Promise<void> {
  const outcome = await lambda.invoke(functionName, {
    RequestType: 'Create',
    LogicalResourceId: logicalId,
    ResourceProperties: properties,
  });
  if (outcome.kind === 'answered') return;
  const reason = outcome.kind === 'failed' ? outcome.errorMessage : outcome.kind;
  throw new Error(`${logicalId} could not be created: ${reason}`);
}
