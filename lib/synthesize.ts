import path from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { ASSET_RESOURCE_METADATA_ENABLED_CONTEXT, PATH_METADATA_ENABLE_CONTEXT } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFunction, projectRoot } from './bundling.ts';
import { readCdkContext } from './cdk-context.ts';
import { readDeploymentConfig } from './configuration/deployment-config.ts';
import type { StageName } from './configuration/deployment-settings.ts';
import type { CodeSource } from './constructs/service-function.ts';
import { ServiceStack } from './service-stack.ts';

/** What to synthesize; everything may be left out. */
export interface SynthesizeOptions {
  /** The stage whose configuration is used; otherwise `-c stage=…`, otherwise `dev`. */
  readonly stage?: StageName;
  /** Folder that receives the cloud assembly; otherwise where the CDK CLI wants it, otherwise `cdk.out`. */
  readonly outdir?: string;
  /** Context beside that of `cdk.json`, such as `{ 'bookings.coolDownSeconds': 0 }`. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Where the code of a function comes from; by default it is bundled now. */
  readonly codeFor?: CodeSource;
  /**
   * Whether the template is checked against the schemas of CloudFormation and the rules of cdk-nag, which takes a
   * second; by default everywhere but on stage `local`, whose open API would be refused.
   */
  readonly checked?: boolean;
}

const bundledCode: CodeSource = (name) => Code.fromAsset(bundleFunction(name).folder);

/**
 * Synthesizes the service in this process, with or without the CDK CLI around it: the same template comes out.
 *
 * @throws ConfigurationError when a setting is wrong or the entry file of a function is missing.
 */
export function synthesize(options: SynthesizeOptions = {}): CloudAssembly {
  const checked = options.checked ?? options.stage !== 'local';
  const app = new App({
    builtinCloudFormationValidation: checked,
    outdir: options.outdir ?? process.env.CDK_OUTDIR ?? path.join(projectRoot, 'cdk.out'),
    autoSynth: false,
    analyticsReporting: false,
    context: {
      ...readCdkContext(),
      // Tools that run functions from the template find the code by these; the CDK CLI would set them, too.
      [ASSET_RESOURCE_METADATA_ENABLED_CONTEXT]: true,
      [PATH_METADATA_ENABLE_CONTEXT]: true,
      ...options.context,
      ...(options.stage && { stage: options.stage }),
    },
  });
  const config = readDeploymentConfig(app.node.getAllContext());
  new ServiceStack(app, { config, codeFor: options.codeFor ?? bundledCode });
  if (checked && config.stage !== 'local') Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app.synth();
}
