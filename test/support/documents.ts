import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../lib/bundling.ts';

/** The text of a file, by its path from the root of the project. */
export const documentText = (file: string): string => readFileSync(path.join(projectRoot, file), 'utf8');

/** Every document of the project, the front door first. */
export function documents(): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  const others = listed
    .trim()
    .split('\n')
    .filter((file) => file !== 'README.md')
    .sort();
  return ['README.md', ...others];
}
