import * as z from 'zod';

/** Ten virtual numbers of Singapore to try things with: +6531290001 to +6531290010. */
export const demoNumbers: readonly string[] = Array.from(
  { length: 10 },
  (_, index) => `+${6531290001 + index}`,
);

const PageSchema = z.looseObject({ items: z.array(z.unknown()), nextCursor: z.string().nullish() });

/**
 * Adds virtual numbers to the pool through the booking API, as a person would; those that are in it stay as they
 * are. One after the other, so that one execution environment is enough.
 * @throws Error with what the API answered, when it refuses.
 */
export async function addToPool(apiUrl: string, numbers: readonly string[], country: string): Promise<void> {
  const present = await listPool(apiUrl);
  for (const number of numbers.filter((candidate) => !present.includes(JSON.stringify(candidate)))) {
    const response = await fetch(`${apiUrl}/v1/numbers/${encodeURIComponent(number)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ country }),
    });
    const answer = await response.text();
    if (!response.ok)
      throw new Error(`The pool does not take a virtual number: ${response.status} ${answer}`);
  }
}

/** @returns every page of the pool as JSON text, in which a number stands in quotes. */
async function listPool(apiUrl: string): Promise<string> {
  let pages = '';
  let cursor: string | null | undefined;
  do {
    const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : '';
    const response = await fetch(`${apiUrl}/v1/numbers${query}`);
    const page = await response.text();
    if (!response.ok) throw new Error(`The pool cannot be listed: ${response.status} ${page}`);
    pages += page;
    cursor = PageSchema.parse(JSON.parse(page)).nextCursor;
  } while (cursor);
  return pages;
}
