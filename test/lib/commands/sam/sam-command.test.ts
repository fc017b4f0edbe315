import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runSam } from '../../../../lib/commands/sam/sam-command.ts';

/** Does with the template and the event what the SAM CLI does, without a container around it. */
const SAM = `#!${process.execPath}
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
const args = process.argv.slice(2);
if (args[0] === '--version') process.exit(0);
const after = (option) => args[args.indexOf(option) + 1];
const template = JSON.parse(readFileSync(after('--template'), 'utf8'));
const { CodeUri, Environment } = template.Resources[args[2]].Properties;
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
for (const [name, value] of Object.entries(Environment.Variables))
  process.env[name] = value.replaceAll('host.docker.internal', '127.0.0.1');
Object.assign(process.env, { AWS_SAM_LOCAL: 'true', AWS_REGION: 'us-east-1' });
const { handler } = await import(pathToFileURL(path.join(CodeUri, 'index.mjs')).href);
const answer = await handler(JSON.parse(readFileSync(after('--event'), 'utf8')), {});
writeFileSync(process.env.SAM_ANSWER, JSON.stringify(answer));
process.exit(0);
`;
const DOCKER = `#!${process.execPath}
console.log('127.0.0.1');
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'number-masking-sam-'));
  vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env.PATH}`);
  vi.stubEnv('SAM_ANSWER', path.join(folder, 'answer.json'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function install(name: string, script: string): void {
  writeFileSync(path.join(folder, `${name}`), script);
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  chmodSync(path.join(folder, name), 0o755);
}

describe('npm run sam', () => {
  test('makes a booking and shows the callflow that connects its parties', async () => {
    install('sam', SAM);
    install('docker', DOCKER);
    const { readFileSync } = await import('node:fs');
    const lines: string[] = [];
    const free = { PORT: '47391', SIMULATOR_PORT: '47392' };

    const exitCode = await runSam(['call-action'], free, (line) => lines.push(line));

    expect({ exitCode, lines }).toMatchObject({ exitCode: 0 });
    const answer: unknown = JSON.parse(readFileSync(path.join(folder, 'answer.json'), 'utf8'));
    expect(answer).toMatchObject({ statusCode: 200 });
    const { callflow } = JSON.parse(Object(answer).body);
    expect(callflow[0]).toMatchObject({ action: 'makeCall', params: { destination: '+6591110002' } });
  });

  test('says in one line that the SAM CLI is missing', async () => {
    vi.stubEnv('PATH', folder);
    const lines: string[] = [];

    const exitCode = await runSam(['call-action'], {}, (line) => lines.push(line));

    expect(exitCode).toBe(1);
    expect(lines).toEqual([expect.stringContaining('The SAM CLI is missing: install it')]);
  });

  test('says in one line that Docker does not answer', async () => {
    install('sam', SAM);
    install('docker', `#!${process.execPath}\nprocess.exit(1);\n`);
    const lines: string[] = [];

    const exitCode = await runSam(['call-action'], {}, (line) => lines.push(line));

    expect(exitCode).toBe(1);
    expect(lines).toEqual([expect.stringContaining('Docker does not answer')]);
  });
});
