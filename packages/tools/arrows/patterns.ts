import { builtinModules } from 'node:module';
import type { Manifests, PackageArrows } from './arrow-table.ts';

/** Of files that hold tests. */
export const TEST_FILE = '\\.test\\.ts$';

const ONE_NAME = '[^/]+';

/** Takes a text literally within a pattern. */
export const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');

const withStar = (name: string, star: string): string => escaped(name).replaceAll('*', () => star);

/** The files of a room without their tests. `star` takes the place of the `*` of its name. */
export function roomPattern(dir: string, room: string, arrows: PackageArrows, star = ONE_NAME): string {
  const src = `^${escaped(dir)}/src/`;
  if (/\.tsx?$/.test(room)) return `${src}${withStar(room, star)}$`;
  if (room !== '.') return `${src}${withStar(room, star)}/(?!.*${TEST_FILE})`;
  const named = Object.keys(arrows.rooms).filter((other) => /\.tsx?$/.test(other));
  return `${src}(?!(?:${[...named.map(escaped), `${ONE_NAME}\\.test\\.ts`].join('|')})$)${ONE_NAME}\\.ts$`;
}

/** Tests beside the sources, and the folders `test` and `scripts`; all of a package that has no rooms. */
export function testPattern(dir: string, arrows: PackageArrows): string {
  if (Object.keys(arrows.rooms).length === 0) return `^${escaped(dir)}/`;
  return `^${escaped(dir)}/(?:(?:test|scripts)/|src/.*${TEST_FILE})`;
}

/** The files that an import of the table means. */
export function importPattern(dir: string, target: string, arrows: PackageArrows, manifests: Manifests): string {
  const name = target.replace(/^(?:type |npm:|node:)/, '');
  if (target.startsWith('npm:')) return `(?:^|/)node_modules/${escaped(name)}/`;
  if (target === 'node:*') return `^(?:node:)?(?:${builtinModules.map(escaped).join('|')})$`;
  if (target.startsWith('node:')) return `^(?:node:)?${escaped(name)}$`;
  if (name.startsWith('@promptory/')) return exportPattern(name, manifests);
  if (name in arrows.rooms) return roomPattern(dir, name, arrows);
  throw new Error(`${dir} has no room ${name}.`);
}

/** The sources that run or are loaded without being imported: what package.json exports, and the entries of the table. */
export function entryPatterns(dir: string, arrows: PackageArrows, manifests: Manifests): string[] {
  const manifest = manifests[dir];
  const names = Object.keys(manifest?.exports ?? {}).map((subpath) => `${manifest?.name}${subpath.slice(1)}`);
  const src = `^${escaped(dir)}/src/`;
  return [
    ...names.map((name) => exportPattern(name, manifests)).filter((pattern) => pattern.startsWith(src)),
    ...(arrows.entries ?? []).map((entry) => `${src}${withStar(entry, ONE_NAME)}$`),
  ];
}

/** The file behind a name such as `@promptory/db/testing`. */
function exportPattern(name: string, manifests: Manifests): string {
  for (const [dir, manifest] of Object.entries(manifests)) {
    if (name !== manifest.name && !name.startsWith(`${manifest.name}/`)) continue;
    const file = firstFile(manifest.exports?.[`.${name.slice(manifest.name.length)}`]);
    if (file !== undefined) return `^${escaped(dir)}/${escaped(file.replace('./', ''))}$`;
  }
  throw new Error(`No package exports ${name}.`);
}

/** Of an entry of `exports`, which names the source first. */
function firstFile(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  return typeof entry === 'object' && entry !== null ? firstFile(Object.values(entry)[0]) : undefined;
}
