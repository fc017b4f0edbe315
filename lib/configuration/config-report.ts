import * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** One line per wrong setting: its path, what was given and what would be right. */
export function describeIssues(issues: readonly Issue[], given: unknown, schema: z.ZodType): string {
  const names = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return issues
    .flatMap((issue) => innermost(issue))
    .flatMap((issue) => describe(issue, given, names))
    .map((line) => `  ${line}`)
    .join('\n');
}

/**
 * The issues of the alternative that was meant, where a setting may have one of several shapes: the one that
 * accepts the value as a whole and has least to complain about inside it.
 */
function innermost(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [meant] = issue.errors
    .filter((alternative) => alternative.every(({ path }) => path.length > 0))
    .sort((one, other) => one.length - other.length);
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }));
}

function describe(issue: Issue, given: unknown, names: z.core.JSONSchema.BaseSchema): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(at(names, issue.path)?.properties ?? {}).filter((name) => name !== 'stage');
    const hint = known.length > 0 ? `; there are ${known.join(', ')}` : '';
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: no such setting${hint}`);
  }
  const right = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message;
  return [`${issue.path.join('.')}: given ${shown(valueAt(given, issue.path))}, right would be ${right}`];
}

function at(
  names: z.core.JSONSchema.BaseSchema,
  path: readonly PropertyKey[],
): z.core.JSONSchema.BaseSchema | undefined {
  let here: z.core.JSONSchema.BaseSchema | undefined = names;
  for (const name of path) {
    const next: z.core.JSONSchema._JSONSchema | undefined = here?.properties?.[String(name)];
    here = typeof next === 'object' ? next : undefined;
  }
  return here;
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let here = given;
  for (const name of path) {
    here =
      typeof here === 'object' && here !== null ? new Map(Object.entries(here)).get(String(name)) : undefined;
  }
  return here;
}

const LONGEST_SHOWN = 80;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value);
  return json.length > LONGEST_SHOWN ? `${json.slice(0, LONGEST_SHOWN)}…` : json;
}
