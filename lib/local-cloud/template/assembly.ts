import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const ManifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .looseObject({ templateFile: z.string().optional(), stackName: z.string().optional() })
        .optional(),
    }),
  ),
});

const ResourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
});

const TemplateSchema = z.looseObject({
  Parameters: z.record(z.string(), z.looseObject({ Default: z.unknown().optional() })).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), ResourceSchema).default({}),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })).default({}),
});

const AssetsSchema = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.looseObject({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/** A CloudFormation template as CDK writes it. */
export type Template = z.infer<typeof TemplateSchema>;

/** One stack of a synthesized cloud assembly, and where the assets lie that it refers to. */
export interface StackAssembly {
  readonly stackName: string;
  readonly template: Template;
  /** Folder or file of an asset by the object key under which it would be uploaded; absolute. */
  readonly assetPaths: ReadonlyMap<string, string>;
}

/** The assembly or its template cannot be served as it is; the message says what and where. */
export class UnservableTemplateError extends Error {
  override readonly name = 'UnservableTemplateError';
}

/**
 * Reads the only stack of a cloud assembly, the folder that `cdk synth` or `app.synth()` writes.
 * @throws UnservableTemplateError when there is not exactly one stack.
 */
export function readAssembly(folder: string): StackAssembly {
  const { artifacts } = ManifestSchema.parse(readJson(path.join(folder, 'manifest.json')));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const [stack] = stacks;
  if (stack === undefined || stacks.length > 1) {
    throw new UnservableTemplateError(
      `${folder} holds ${stacks.length} stacks; the local cloud serves an assembly of exactly one.`,
    );
  }
  const [artifactId, { properties }] = stack;
  const templateFile = properties?.templateFile ?? `${artifactId}.template.json`;
  return {
    stackName: properties?.stackName ?? artifactId,
    template: TemplateSchema.parse(readJson(path.join(folder, templateFile))),
    assetPaths: readAssetPaths(folder, templateFile.replace(/\.template\.json$/, '.assets.json')),
  };
}

function readAssetPaths(folder: string, assetsFile: string): Map<string, string> {
  const { files } = AssetsSchema.parse(readJson(path.join(folder, assetsFile)));
  const paths = new Map<string, string>();
  for (const { source, destinations } of Object.values(files)) {
    if (source.path === undefined) continue;
    for (const { objectKey } of Object.values(destinations)) {
      paths.set(objectKey, path.resolve(folder, source.path));
    }
  }
  return paths;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
