import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Gives the resource behind `construct` a logical id that stays the same wherever the construct moves. People type
 * these names (`sam local invoke … CallActionFunction`), and a changed id of a table would mean a new table.
 */
export function pinLogicalId(construct: IConstruct, logicalId: string): void {
  const resource = construct.node.defaultChild;
  if (!(resource instanceof CfnResource)) throw new Error(`${construct.node.path} has no resource to name.`);
  resource.overrideLogicalId(logicalId);
}
