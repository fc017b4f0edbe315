import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod';
import type { StageName } from '../../../lib/configuration/deployment-settings.ts';
import { type SynthesizeOptions, synthesize } from '../../../lib/synthesize.ts';

const templateSchema = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()).default({}),
      Metadata: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })),
});

/** A synthesized template. */
export type StackTemplate = z.output<typeof templateSchema>;

/** One resource of a template. */
export type StackResource = StackTemplate['Resources'][string];

/** Synthesizes a stage into a folder that is gone afterwards, with a line of code in place of every bundle. */
export function templateOf(
  stage: StageName,
  context: SynthesizeOptions['context'] = {},
  options: Pick<SynthesizeOptions, 'checked'> = { checked: false },
): StackTemplate {
  const outdir = mkdtempSync(path.join(tmpdir(), 'number-masking-synth-'));
  try {
    const assembly = synthesize({ stage, context, outdir, codeFor: () => Code.fromInline('//'), ...options });
    return templateSchema.parse(assembly.stacks[0]?.template);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The resource of that logical id. */
export function resource(template: StackTemplate, logicalId: string): StackResource {
  const found = template.Resources[logicalId];
  if (found === undefined) throw new Error(`The template has no ${logicalId}.`);
  return found;
}

/** Logical ids and resources of one type. */
export function resourcesOf(template: StackTemplate, type: string): Record<string, StackResource> {
  return Object.fromEntries(Object.entries(template.Resources).filter(([, { Type }]) => Type === type));
}

const lambda = z.looseObject({
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  LoggingConfig: z.looseObject({ LogGroup: z.object({ Ref: z.string() }) }),
  Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
});

/** The properties of a function. */
export function functionOf(template: StackTemplate, logicalId: string): z.output<typeof lambda> {
  return lambda.parse(resource(template, logicalId).Properties);
}

/** The environment of a function. */
export function environmentOf(template: StackTemplate, logicalId: string): Record<string, unknown> {
  return functionOf(template, logicalId).Environment.Variables;
}
