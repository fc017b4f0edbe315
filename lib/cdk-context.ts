import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { projectRoot } from './bundling.ts';

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

/** The context in `cdk.json`: the settings of every stage, beside flags of the CDK's. */
export function readCdkContext(): Readonly<Record<string, unknown>> {
  return cdkJson.parse(JSON.parse(readFileSync(path.join(projectRoot, 'cdk.json'), 'utf8'))).context;
}
