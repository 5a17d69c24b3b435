/** What `pnpm licenses list --json` says: packages by the licence that each names. */
export type LicenceList = Readonly<
  Record<string, readonly { readonly name: string; readonly versions: readonly string[] }[]>
>;

/** Licences under which the packages of an image may be: they ask for their text to be kept, and no more. */
const TAKEN = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
]);

/** What stands against the licences of packages that are handed on, a sentence each. */
export function licenceFaults(list: LicenceList): string[] {
  return Object.entries(list).flatMap(([licence, packages]) =>
    isTaken(licence)
      ? []
      : packages.map(
          ({ name, versions }) => `${name} ${versions.join(', ')} is under ${licence}, which nobody has looked at.`,
        ),
  );
}

/** Of an expression of SPDX with OR one is enough, with AND each counts. */
function isTaken(expression: string): boolean {
  const inner = expression.replace(/^\((.*)\)$/, '$1');
  if (inner.includes(' OR ')) return inner.split(' OR ').some(isTaken);
  return inner.split(' AND ').every((licence) => TAKEN.has(licence));
}
