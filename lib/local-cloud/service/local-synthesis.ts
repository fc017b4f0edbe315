import { Code } from 'aws-cdk-lib/aws-lambda';
import { synthesize } from '../../synthesize.ts';
import { bundleUnlessFresh } from './bundle-reuse.ts';

/**
 * Synthesizes the service's stack for stage `local`. Apart from the rest of the local cloud, because loading the
 * CDK takes a while in which the engines can start.
 * @returns the folder of the cloud assembly.
 * @throws ConfigurationError when a setting is wrong or a function has no entry file.
 */
export function synthesizeLocally(outdir: string, context: Readonly<Record<string, unknown>>): string {
  const codeFor = (name: string) => Code.fromAsset(bundleUnlessFresh(name));
  return synthesize({ stage: 'local', outdir, context, codeFor }).directory;
}
