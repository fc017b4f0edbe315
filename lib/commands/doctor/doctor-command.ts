import { Command, Option } from 'commander';
import { EightByEightManagementApi } from '../../../functions/shared/adapters/eight-by-eight/management/management-api.ts';
import { readCdkContext } from '../../cdk-context.ts';
import { voiceProfilesOf } from '../../configuration/caller-messages.ts';
import { ConfigurationError } from '../../configuration/configuration-error.ts';
import { type DeploymentConfig, readDeploymentConfig } from '../../configuration/deployment-config.ts';
import { stageNames } from '../../configuration/deployment-settings.ts';
import { stackNameOf } from '../../stack-name.ts';
import { checkAccount } from './account-checks.ts';
import { AwsAccount } from './aws-checks.ts';
import { type Finding, fine, missing, renderFinding, warning } from './findings.ts';
import { checkDecision } from './test-call.ts';

/**
 * The command behind `npm run doctor`: looks whether a stage can be deployed, and, where it is, whether a call is
 * decided. Changes nothing.
 *
 * @returns the exit code: 1 when something is missing.
 */
export async function runDoctor(
  args: readonly string[],
  write: (line: string) => void = console.log,
): Promise<number> {
  const command = new Command('doctor')
    .description('Looks whether a stage can be deployed, and whether it works. Changes nothing.')
    .addOption(new Option('--stage <stage>', 'which stage').choices(stageNames).default('prod'))
    .option('-c, --context <setting=value...>', 'settings that are not in cdk.json, as for cdk deploy')
    .helpOption('-h, --help', 'show this help')
    .parse([...args], { from: 'user' });
  const { stage, context = [] } = command.opts<{ stage: string; context?: string[] }>();

  let bad = 0;
  const tell = (findings: readonly Finding[]): boolean => {
    for (const finding of findings) write(renderFinding(finding));
    const missed = findings.filter(({ verdict }) => verdict === 'missing').length;
    bad += missed;
    return missed === 0;
  };
  const config = readConfig(stage, context);
  if (config instanceof ConfigurationError) {
    tell([missing('The settings cannot be used.', config.message)]);
    return 1;
  }
  tell([fine(`The settings of stage ${stage} can be used.`)]);
  const aws = new AwsAccount();
  if (tell(await aws.bootstrap())) {
    const callActionUrl = await aws.callActionUrl(stage);
    tell(await checkEightByEight(config, aws, callActionUrl));
    tell([await checkService(config, aws, callActionUrl)]);
  }
  write(bad === 0 ? 'Nothing is missing.' : `${bad} things are missing, marked with ✗.`);
  return bad === 0 ? 0 : 1;
}

function readConfig(stage: string, given: readonly string[]): DeploymentConfig | ConfigurationError {
  const settings = Object.fromEntries(
    given.map((text) => [text.split('=')[0] ?? '', text.slice(text.indexOf('=') + 1)]),
  );
  try {
    return readDeploymentConfig({ ...readCdkContext(), ...settings, stage });
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}

async function checkEightByEight(
  { eightByEight, callers, recordings }: DeploymentConfig,
  aws: AwsAccount,
  callActionUrl: string | undefined,
): Promise<Finding[]> {
  const { apiKeySecretName, subAccountId, baseUrl, takeOver } = eightByEight;
  if (apiKeySecretName === undefined || subAccountId === undefined) {
    return [
      warning(
        'No API key of 8x8 is set, so a person enters the webhooks.',
        'Set eightByEight.subAccountId and eightByEight.apiKeySecretName to have it done.',
      ),
    ];
  }
  const { finding, apiKey } = await aws.apiKey(apiKeySecretName);
  if (apiKey === undefined) return [finding];
  const account = new EightByEightManagementApi({ baseUrl, subAccountId, apiKey: async () => apiKey });
  const expected = {
    voiceProfiles: voiceProfilesOf(callers.messages),
    recordCalls: recordings.enabled,
    takeOver,
    callActionUrl,
  };
  return [finding, ...(await checkAccount(account, expected))];
}

async function checkService(
  { stage, eightByEight }: DeploymentConfig,
  aws: AwsAccount,
  callActionUrl: string | undefined,
): Promise<Finding> {
  if (callActionUrl === undefined) return fine('The stage has not been deployed with an API key yet.');
  const authorization = await aws.webhookAuthorization(stackNameOf(stage));
  if (authorization === undefined) {
    return warning(
      'The secret of the webhooks was not found, so no test call was made.',
      'Look for WebhookSecretArn.',
    );
  }
  return checkDecision(callActionUrl, authorization, eightByEight.subAccountId ?? '');
}
