import { RemovalPolicy } from 'aws-cdk-lib';
import type { DeploymentConfig } from '../configuration/deployment-config.ts';

/** What becomes of a resource that holds data when it leaves the stack. */
export function removalPolicyOf({ removalPolicy }: DeploymentConfig['operations']): RemovalPolicy {
  return removalPolicy === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
