import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../../../lib/bundling.ts';
import { judgeAudit } from '../../../../lib/commands/audit/dependency-audit.ts';

const advisory = {
  source: 1101,
  name: 'parser',
  title: 'Parses for ever',
  url: 'https://advisories.example/1101',
  severity: 'high',
  range: '<2.0.1',
};
const finding = (severity: string, via: readonly unknown[] = [advisory]) => ({
  name: 'parser',
  severity,
  isDirect: false,
  via,
  effects: [],
  range: '<2.0.1',
  fixAvailable: true,
});
const reportOf = (vulnerabilities: Record<string, unknown>) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: { vulnerabilities: {} } });

describe('the audit of the dependencies', () => {
  test.each(['high', 'critical'])('stops a change where a deployed package has a %s advisory', (severity) => {
    const { mayPass, text } = judgeAudit(
      reportOf({ parser: finding(severity), framework: finding(severity, ['parser']) }),
    );

    expect(mayPass).toBe(false);
    expect(text).toContain(`${severity}: parser, Parses for ever (https://advisories.example/1101)`);
    expect(text).toContain(`${severity}: framework, through parser`);
  });

  test('lets moderate advisories pass', () => {
    expect(judgeAudit(reportOf({ parser: finding('moderate') })).mayPass).toBe(true);
  });

  test('passes where there is none', () => {
    const { mayPass, text } = judgeAudit(reportOf({}));

    expect(mayPass).toBe(true);
    expect(text).toBe('No high or critical advisory concerns a dependency that is deployed.');
  });

  test.each([
    [
      'the registry refuses it',
      { message: '405 Method Not Allowed', statusCode: 405, error: { summary: '', detail: '' } },
      '405 Method Not Allowed',
    ],
    [
      'there is no network',
      { error: { code: 'ENOTFOUND', summary: 'request to the registry failed' } },
      'request to the registry failed',
    ],
    ['npm gives a code alone', { error: { code: 'ENOAUDIT' } }, 'ENOAUDIT'],
    ['npm says something else', { advice: 'none' }, 'npm gave no report.'],
  ])('stops nobody where %s, and says that there was none', (_, answer, reason) => {
    expect(judgeAudit(JSON.stringify(answer))).toEqual({
      mayPass: true,
      text: `The dependencies could NOT be audited: ${reason}`,
    });
  });

  test.each(['', 'npm: not found', '[]'])('takes the output %j for no audit', (output) => {
    expect(judgeAudit(output).text).toContain('could NOT be audited');
  });

  test.each([
    ['fails the command where it found something', reportOf({ parser: finding('high') }), 1],
    ['ends the command well where it could not be made', '', 0],
  ])('%s', (_, input, status) => {
    const command = path.join(projectRoot, 'bin', 'audit.ts');

    const ended = spawnSync(process.execPath, [command], { input, encoding: 'utf8' });

    expect(ended.stdout.trim()).toBe(judgeAudit(input).text);
    expect(ended.status).toBe(status);
  });
});
