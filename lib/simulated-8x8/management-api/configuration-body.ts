import * as z from 'zod';

/** What became of the body of a configuration request. */
export type ParsedConfiguration<Data> =
  | { readonly success: true; readonly data: Data }
  | { readonly success: false; readonly reason: string };

/** Reads the JSON body of a configuration request; the reason of a failure names the first wrong field. */
export function parseConfiguration<Schema extends z.ZodType>(
  schema: Schema,
  body: string,
): ParsedConfiguration<z.output<Schema>> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { success: false, reason: 'it is not JSON' };
  }
  const result = schema.safeParse(json);
  if (result.success) return { success: true, data: result.data };
  const [issue] = result.error.issues;
  return { success: false, reason: `${z.core.toDotPath(issue?.path ?? [])}: ${issue?.message ?? 'invalid'}` };
}
