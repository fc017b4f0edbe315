import * as z from 'zod';
import { overridesFrom, withOverrides } from './config-overrides.ts';
import { describeIssues } from './config-report.ts';
import { ConfigurationError } from './configuration-error.ts';
import { deploymentSettings, stageNames } from './deployment-settings.ts';

/** Every setting of one stage, with defaults filled in. `deployment-settings.ts` says what each one does. */
export type DeploymentConfig = z.output<ReturnType<typeof deploymentSettings>>;

const stageSettings = z.record(z.string(), z.record(z.string(), z.unknown()));

/**
 * The configuration of the stage that `context.stage` names (`dev` by default): its object below `context.stages`,
 * changed by every `-c group.setting=value`, checked and completed with defaults.
 *
 * @param context the context of the CDK app: `cdk.json` and what was given with `-c`.
 * @throws ConfigurationError naming every setting that is wrong, what was given and what would be right.
 */
export function readDeploymentConfig(context: Readonly<Record<string, unknown>>): DeploymentConfig {
  const stage = z.enum(stageNames).safeParse(context.stage ?? 'dev');
  if (!stage.success) {
    throw new ConfigurationError(
      `There is no stage ${JSON.stringify(context.stage)}: use -c stage=… with one of ${stageNames.join(', ')}.`,
    );
  }
  const stages = stageSettings.safeParse(context.stages ?? {});
  if (!stages.success) {
    throw new ConfigurationError(
      '"stages" in the context of cdk.json has to be an object with one object per stage.',
    );
  }
  const given = {
    ...withOverrides(stages.data[stage.data] ?? {}, overridesFrom(context)),
    stage: stage.data,
  };
  const schema = deploymentSettings(stage.data);
  const config = schema.safeParse(given);
  if (!config.success) {
    throw new ConfigurationError(
      `The configuration of stage "${stage.data}" cannot be used:\n\n${describeIssues(config.error.issues, given, schema)}`,
    );
  }
  return config.data;
}
