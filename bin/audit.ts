// Judges the advisories that `npm audit --json` writes to its input: `npm run audit`.
import { text } from 'node:stream/consumers';
import { judgeAudit } from '../lib/commands/audit/dependency-audit.ts';

const verdict = judgeAudit(await text(process.stdin));
console.log(verdict.text);
process.exitCode = verdict.mayPass ? 0 : 1;
