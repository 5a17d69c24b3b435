export const isPromptVersion = (version: number): boolean => Number.isSafeInteger(version) && version > 0;

/** The version that an address asks for; undefined for the latest, and where it names none. */
export function readVersion(query: string): number | undefined {
  const version = Number(new URLSearchParams(query).get('version'));
  return isPromptVersion(version) ? version : undefined;
}
