/** The version that an address asks for; undefined for the latest, and where it names none. */
export function readVersion(query: string): number | undefined {
  const version = Number(new URLSearchParams(query).get('version'));
  return Number.isSafeInteger(version) && version > 0 ? version : undefined;
}
