import { RemovalPolicy } from 'aws-cdk-lib';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';

/**
 * What becomes of a resource that holds data when it leaves the stack. One that was made by a deployment which then
 * failed goes with it, whatever is to be retained: it holds nothing yet, and nobody would look for it.
 */
export function removalPolicyOf({ removalPolicy }: DeploymentConfig['operations']): RemovalPolicy {
  return removalPolicy === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
