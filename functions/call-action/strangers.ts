import * as z from 'zod/mini';

const setting = z.union([z.object({ menu: z.string() }), z.object({ message: z.literal(true) })]);

/** The menu that strangers are led into by default, if there is one. @throws for a setting of another shape. */
export function defaultMenuOf(json: string): string | undefined {
  const strangers = setting.parse(JSON.parse(json));
  return 'menu' in strangers ? strangers.menu : undefined;
}
