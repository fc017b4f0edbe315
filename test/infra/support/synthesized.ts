import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { StageName } from '../../../lib/deployment-config.ts';
import { type SynthesizeOptions, synthesize } from '../../../lib/synthesize.ts';

/** Synthesizes a stage into a folder that is gone afterwards, with a line of code in place of every bundle. */
export function templateOf(
  stage: StageName,
  context: SynthesizeOptions['context'] = {},
  options: Pick<SynthesizeOptions, 'checked'> = { checked: false },
): Template {
  const outdir = mkdtempSync(path.join(tmpdir(), 'number-masking-synth-'));
  try {
    const assembly = synthesize({ stage, context, outdir, codeFor: () => Code.fromInline('//'), ...options });
    const [stack] = assembly.stacks;
    if (stack === undefined) throw new Error('Nothing was synthesized.');
    return Template.fromJSON(stack.template);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
