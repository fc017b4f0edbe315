import { bold, dim, green, red } from 'ansis';

/** One measured thing. `limit` is what it may be at most; without it the row only informs. */
export interface Row {
  readonly what: string;
  readonly measured: number | string;
  readonly limit?: number | string;
  readonly ok?: boolean;
}

/** What was measured about one question, with how. */
export interface Topic {
  readonly title: string;
  readonly how: string;
  readonly rows: readonly Row[];
  /** What the rows were made from, for the JSON. */
  readonly details?: unknown;
}

/** A row whose number must not exceed its limit. */
export function atMost(what: string, measured: number, limit: number): Row {
  return { what, measured, limit, ok: measured <= limit };
}

export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

const cell = (value: number | string | undefined): string =>
  typeof value === 'number' ? formatNumber(value) : (value ?? '');

/** One table a person can read. */
export function renderTopic({ title, how, rows }: Topic): string {
  const header = ['', 'measured', 'limit'];
  const cells = rows.map((row) => [row.what, cell(row.measured), cell(row.limit)]);
  const widths = header.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)))
      .join('   ');
  const verdict = (ok: boolean | undefined): string =>
    ok === undefined ? '' : ok ? green('   ok') : red('   over');
  return [
    bold(title),
    dim(how),
    dim(line(header)),
    ...cells.map((texts, at) => line(texts) + verdict(rows[at]?.ok)),
  ].join('\n');
}
