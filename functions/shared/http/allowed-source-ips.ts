/** Reads a comma-separated allow-list of addresses; an empty one lets every address through. */
export function parseAllowedSourceIps(text: string): ReadonlySet<string> | undefined {
  const addresses = text
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  return addresses.length === 0 ? undefined : new Set(addresses);
}
