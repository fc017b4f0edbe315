import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod';
import { projectRoot } from '../../bundling.ts';
import type { StageName } from '../../configuration/deployment-settings.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../local-cloud/processes/guarded-process.ts';
import { bundleUnlessFresh } from '../../local-cloud/service/bundle-reuse.ts';
import { stackNameOf } from '../../stack-name.ts';
import { synthesize } from '../../synthesize.ts';

/** Settings as a person gives them with `-c group.setting=value`. */
export type SettingsGiven = Readonly<Record<string, string | number | boolean | object>>;

/** How a run of the CDK's command line ended. */
export interface CdkOutcome {
  readonly exitCode: number;
  /** Everything that it printed. */
  readonly text: string;
  /** Outputs of the stack by their name; empty unless it was deployed. */
  readonly outputs: Readonly<Record<string, string>>;
}

const outputsSchema = z.record(z.string(), z.record(z.string(), z.string()));
const COMMAND_TIMEOUT_MS = 600_000;

/** A stage and its settings as they are given on the command line. */
function contextOf(stage: StageName, settings: SettingsGiven): string[] {
  return Object.entries({ stage, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  ]);
}

/** The project's own `cdk`, in the environment of an emulated AWS. */
export class CdkCommand {
  readonly #environment: Readonly<Record<string, string>>;
  /** Assemblies and outputs of the runs. */
  readonly #folder: string;

  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
    this.#folder = makeTemporaryFolder('number-masking-rehearsal-');
  }

  bootstrap(account: string, region: string): Promise<CdkOutcome> {
    // Away from cdk.json: nothing is synthesized only to be thrown away.
    return this.#run(['bootstrap', `aws://${account}/${region}`], this.#folder);
  }

  /** `cdk deploy` of a stage, word for word as a person calls it. */
  deployAsDocumented(stage: StageName, settings: SettingsGiven = {}): Promise<CdkOutcome> {
    return this.#deploy(stage, contextOf(stage, settings));
  }

  /** The same with a template that is synthesized here, which takes a fraction of the time. */
  deploy(stage: StageName, settings: SettingsGiven = {}): Promise<CdkOutcome> {
    return this.#deploy(stage, this.#synthesized(stage, settings));
  }

  /** `cdk diff`, word for word; the exit code is 0 when nothing would change. */
  diffAsDocumented(stage: StageName, settings: SettingsGiven = {}): Promise<CdkOutcome> {
    return this.#run(['diff', '--fail', ...contextOf(stage, settings)]);
  }

  destroy(stage: StageName, settings: SettingsGiven = {}): Promise<CdkOutcome> {
    return this.#run(['destroy', '--force', ...this.#synthesized(stage, settings)]);
  }

  /** Removes what the runs have left on this machine. */
  clean(): Promise<void> {
    return removeTemporaryFolder(this.#folder);
  }

  async #deploy(stage: StageName, options: readonly string[]): Promise<CdkOutcome> {
    const file = path.join(this.#folder, 'outputs.json');
    rmSync(file, { force: true });
    const outcome = await this.#run([
      'deploy',
      ...options,
      ...['--require-approval', 'never', '--outputs-file', file],
    ]);
    if (outcome.exitCode !== 0) return outcome;
    const stacks = outputsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return { ...outcome, outputs: stacks[stackNameOf(stage)] ?? {} };
  }

  /** Synthesizes as the command would, but for the rules that it checks the template by. */
  #synthesized(stage: StageName, settings: SettingsGiven): string[] {
    const outdir = path.join(this.#folder, `assembly-${stage}`);
    rmSync(outdir, { recursive: true, force: true });
    const codeFor = (name: string) => Code.fromAsset(bundleUnlessFresh(name));
    synthesize({ stage, context: settings, outdir, codeFor, checked: false });
    return ['--app', outdir];
  }

  #run(args: readonly string[], cwd = projectRoot): Promise<CdkOutcome> {
    const command = path.join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    const child = spawn(process.execPath, [command, ...args, '--no-notices', '--no-color', '--ci'], {
      cwd,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: COMMAND_TIMEOUT_MS,
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
    }
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ exitCode: code ?? 1, text, outputs: {} }));
    });
  }
}
