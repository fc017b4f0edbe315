import type { StageName } from './configuration/deployment-settings.ts';

/** What CloudFormation calls the stack of a stage; the names of its resources begin with it. */
export const stackNameOf = (stage: StageName): string => `number-masking-${stage}`;
