import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { projectRoot } from '../../../../lib/bundling.ts';
import { runDeployRehearsal } from '../../../../lib/commands/rehearse-deploy/rehearse-deploy-command.ts';

afterEach(() => vi.unstubAllEnvs());

test('a machine without Python is told so, and nothing fails', async () => {
  vi.stubEnv('PATH', path.join(projectRoot, 'no-such-folder'));
  const lines: string[] = [];

  const exitCode = await runDeployRehearsal([], (line) => lines.push(line));

  expect(exitCode).toBe(0);
  expect(lines).toEqual([expect.stringMatching(/^skipped: .*Python 3\.10 or newer/)]);
});

test('every package that is installed for it is pinned with its hash', () => {
  const file = path.join(projectRoot, 'lib/commands/rehearse-deploy/requirements.txt');
  const requirements = readFileSync(file, 'utf8')
    .split(/\n(?=[a-zA-Z])/)
    .slice(1);

  expect(requirements.length).toBeGreaterThan(10);
  for (const requirement of requirements) {
    expect(requirement).toMatch(/^[\w.-]+==[\w.]+ \\\n {4}--hash=sha256:[0-9a-f]{64}/);
  }
});
