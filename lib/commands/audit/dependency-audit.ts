import * as z from 'zod';

/** What `npm audit --json` says of one package: its own advisories, or the names of the packages that bring them. */
const finding = z.object({
  severity: z.string(),
  via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
});
const report = z.object({ vulnerabilities: z.record(z.string(), finding) });
const refusal = z.object({
  message: z.string().optional(),
  error: z.object({ code: z.string().optional(), summary: z.string().optional() }).optional(),
});

/** Advisories of which severity stop a change. */
const STOPPING: ReadonlySet<string> = new Set(['high', 'critical']);

/** What came of an audit: whether a change may go in, and why, for people. */
export interface AuditVerdict {
  readonly mayPass: boolean;
  readonly text: string;
}

/**
 * Judges what `npm audit --json` wrote. A registry that cannot be asked (mirrors often refuse) stops nobody, but is
 * never taken for a clean bill: the verdict says that there was no audit.
 */
export function judgeAudit(output: string): AuditVerdict {
  const answer = readJson(output);
  const audited = report.safeParse(answer);
  if (!audited.success) {
    return { mayPass: true, text: `The dependencies could NOT be audited: ${reasonOf(answer)}` };
  }
  const stopping = Object.entries(audited.data.vulnerabilities).filter(([, { severity }]) =>
    STOPPING.has(severity),
  );
  if (stopping.length === 0) {
    return { mayPass: true, text: 'No high or critical advisory concerns a dependency that is deployed.' };
  }
  const lines = stopping.map(([name, { severity, via }]) => `  ${severity}: ${name}, ${describe(via)}`);
  return {
    mayPass: false,
    text: ['Dependencies that are deployed have advisories; `npm audit fix` may help:', ...lines].join('\n'),
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(answer: unknown): string {
  const { data } = refusal.safeParse(answer);
  const reason = data?.message || data?.error?.summary || data?.error?.code;
  return reason || 'npm gave no report.';
}

function describe(via: z.output<typeof finding>['via']): string {
  return via
    .map((one) => (typeof one === 'string' ? `through ${one}` : `${one.title} (${one.url})`))
    .join('; ');
}
