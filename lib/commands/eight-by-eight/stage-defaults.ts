import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { projectRoot } from '../../bundling.ts';
import { voiceProfilesOf } from '../../configuration/caller-messages.ts';
import { ConfigurationError } from '../../configuration/configuration-error.ts';
import { readDeploymentConfig } from '../../configuration/deployment-config.ts';

/** What the configuration of a stage says about its 8x8 account. */
export interface StageDefaults {
  readonly subAccountId: string | undefined;
  readonly baseUrl: string;
  readonly apiKeySecretName: string | undefined;
  readonly recordingPrefix: string;
  readonly recordCalls: boolean;
  readonly voiceProfiles: readonly string[];
}

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

/**
 * The settings of a stage in `cdk.json`, so that the command and the deployment speak of the same account.
 *
 * @throws ConfigurationError
 */
export function readStageDefaults(stage: string): StageDefaults {
  const { eightByEight, recordings, callers } = readDeploymentConfig({ ...readContext(), stage });
  return {
    subAccountId: eightByEight.subAccountId,
    baseUrl: eightByEight.baseUrl,
    apiKeySecretName: eightByEight.apiKeySecretName,
    recordingPrefix: recordings.prefix,
    recordCalls: recordings.enabled,
    voiceProfiles: voiceProfilesOf(callers.messages),
  };
}

function readContext(): Readonly<Record<string, unknown>> {
  const file = path.join(projectRoot, 'cdk.json');
  try {
    return cdkJson.parse(JSON.parse(readFileSync(file, 'utf8'))).context;
  } catch {
    throw new ConfigurationError(`--stage takes its settings from ${file}, which cannot be read.`);
  }
}
