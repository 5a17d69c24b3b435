import { builtinModules } from 'node:module';
import type { IFlattenedRuleSet, IForbiddenRuleType } from 'dependency-cruiser';
import type { House, Manifest, PackageArrows } from './house.ts';

/** Folder of a package → its package.json. */
export type Manifests = Readonly<Record<string, Manifest>>;

const SOURCES = '^(?:apps|packages)/[^/]+/src/';
const TEST_FILE = '\\.test\\.ts$';
const STOCK_ADAPTERS = '(?:^|/)node_modules/@trpc/server/dist/adapters/fastify/';

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');

/** A name of the house as a pattern; its `*` is the text of `star`. */
const pattern = (name: string, star: string): string => escaped(name).replaceAll('*', () => star);

/** The files of a room, without their tests. `star` is what stands for the `*` of the room's name. */
export function roomPattern(dir: string, room: string, arrows: PackageArrows, star = '([^/]+)'): string {
  const src = `^${escaped(dir)}/src/`;
  if (room.endsWith('.ts')) return `${src}${pattern(room, star)}$`;
  if (room !== '.') return `${src}${pattern(room, star)}/(?!.*${TEST_FILE})`;
  const named = Object.keys(arrows.rooms).filter((other) => other.endsWith('.ts'));
  return `${src}(?!(?:${[...named.map(escaped), '[^/]+\\.test\\.ts'].join('|')})$)[^/]+\\.ts$`;
}

/** The module that a package hands out under a name, such as `@promptory/db/testing`. */
function entryPattern(specifier: string, manifests: Manifests): string {
  for (const [dir, manifest] of Object.entries(manifests)) {
    if (specifier !== manifest.name && !specifier.startsWith(`${manifest.name}/`)) continue;
    const entry = manifest.exports?.[`.${specifier.slice(manifest.name.length)}`];
    const source = sourceOf(entry);
    if (source !== undefined) return `^${escaped(dir)}/${escaped(source.slice('./'.length))}$`;
  }
  throw new Error(`No package exports ${specifier}.`);
}

function sourceOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return undefined;
  const [first] = Object.values(entry);
  return sourceOf(first);
}

/** The modules that one import of the house means. */
export function targetPattern(dir: string, target: string, arrows: PackageArrows, manifests: Manifests): string {
  const name = target.replace(/^(?:type |npm:|node:)/, '');
  if (target.startsWith('npm:')) return `(?:^|/)node_modules/${escaped(name)}/`;
  if (target === 'node:*') return `^(?:node:)?(?:${builtinModules.map(escaped).join('|')})$`;
  if (target.startsWith('node:')) return `^(?:node:)?${escaped(name)}$`;
  if (name.startsWith('@promptory/')) return entryPattern(name, manifests);
  if (target in arrows.rooms) return roomPattern(dir, target, arrows, '[^/]+');
  throw new Error(`${dir} has no room ${target}.`);
}

/**
 * All that a room may import, as the house says it.
 *
 * @throws where it names a room that is not written above it: so no circle of rooms can be said
 */
export function importsOf(arrows: PackageArrows, room: string): readonly string[] {
  const rooms = Object.keys(arrows.rooms);
  const imports = arrows.rooms[room] ?? [];
  const above = imports.find((target) => rooms.includes(target) && rooms.indexOf(target) >= rooms.indexOf(room));
  if (above !== undefined) throw new Error(`${room} may import ${above} only if ${above} is written above it.`);
  return [...(arrows.everywhere ?? []), ...imports];
}

const roomRule = (dir: string, room: string, arrows: PackageArrows, manifests: Manifests): IForbiddenRuleType => ({
  name: `${dir}/src/${room}`,
  comment: `may import: ${importsOf(arrows, room).join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: roomPattern(dir, room, arrows) },
  to: {
    pathNot: [
      roomPattern(dir, room, arrows, '$1'),
      ...importsOf(arrows, room).map((target) => targetPattern(dir, target, arrows, manifests)),
    ],
  },
});

/** Of what a room may know by its types alone, a value is refused. */
function typeRules(dir: string, arrows: PackageArrows, manifests: Manifests): IForbiddenRuleType[] {
  return Object.keys(arrows.rooms).flatMap((room) =>
    importsOf(arrows, room)
      .filter((target) => target.startsWith('type '))
      .map((target) => ({
        name: `${dir}/src/${room}: types only`,
        comment: `of ${target.slice('type '.length)} only types may be imported`,
        severity: 'error' as const,
        from: { path: roomPattern(dir, room, arrows) },
        to: { path: targetPattern(dir, target, arrows, manifests), dependencyTypesNot: ['type-only' as const] },
      })),
  );
}

/** Tests beside the sources, and the folders next to `src`; all of a package without sources. */
function testPattern(dir: string, arrows: PackageArrows): string {
  if (Object.keys(arrows.rooms).length === 0) return `^${escaped(dir)}/`;
  return `^${escaped(dir)}/(?:(?:test|scripts)/|src/.*${TEST_FILE})`;
}

function testRule(dir: string, arrows: PackageArrows, manifests: Manifests): IForbiddenRuleType {
  const ours = Object.keys(arrows.rooms)
    .flatMap((room) => importsOf(arrows, room))
    .filter((target) => /^(?:type )?@promptory\//.test(target));
  const targets = [...new Set([...ours, ...(arrows.tests ?? [])])];
  return {
    name: `${dir}: tests`,
    comment: `may import: their package, ${targets.join(', ') || 'nothing else of ours'}, and declared libraries`,
    severity: 'error',
    from: { path: testPattern(dir, arrows) },
    to: {
      pathNot: [
        `^${escaped(dir)}/`,
        '(?:^|/)node_modules/',
        ...['node:*', ...targets].map((target) => targetPattern(dir, target, arrows, manifests)),
      ],
    },
  };
}

function productRule(dir: string, arrows: PackageArrows, manifests: Manifests): IForbiddenRuleType {
  const manifest = manifests[dir];
  const entries = [
    ...Object.keys(manifest?.exports ?? {}).map((name) => entryPattern(`${manifest?.name}${name.slice(1)}`, manifests)),
    ...(arrows.entries ?? []).map((entry) => `^${escaped(dir)}/src/${pattern(entry, '[^/]+')}$`),
  ].filter((entry) => entry.startsWith(`^${escaped(dir)}/src/`));
  return {
    name: `${dir}: product or test`,
    comment: 'no entry of the package leads here: what only tests need lives in test/',
    severity: 'error',
    from: { path: entries },
    to: { path: `^${escaped(dir)}/src/`, pathNot: [TEST_FILE, ...entries], reachable: false },
  };
}

/** The rules of the tool: each room's, and those that hold for every file. */
export function rulesOf(house: House, manifests: Manifests): IFlattenedRuleSet {
  const packages = Object.entries(house);
  const known = packages.flatMap(([dir, arrows]) => [
    ...Object.keys(arrows.rooms).map((room) => roomPattern(dir, room, arrows, '[^/]+')),
    testPattern(dir, arrows),
  ]);
  return {
    forbidden: [
      ...packages.flatMap(([dir, arrows]) => [
        ...Object.keys(arrows.rooms).map((room) => roomRule(dir, room, arrows, manifests)),
        ...typeRules(dir, arrows, manifests),
        testRule(dir, arrows, manifests),
        ...(Object.keys(arrows.rooms).length > 0 ? [productRule(dir, arrows, manifests)] : []),
      ]),
      {
        name: 'unknown room',
        comment: 'no room of tools/arrows/arrows.ts holds this file',
        severity: 'error',
        from: {},
        module: { path: '^(?:apps|packages|bench|tools)/', pathNot: known, numberOfDependentsLessThan: 100 },
      },
      {
        name: 'no circles',
        comment: 'files that import each other in a circle, be it for their types alone',
        severity: 'error',
        from: {},
        to: { circular: true },
      },
      {
        name: 'packages by name',
        comment: 'what another package exports is imported by its name, and nothing else of it',
        severity: 'error',
        from: { path: '^((?:apps|packages)/[^/]+|bench|tools)/' },
        to: { path: '^(?:apps|packages|bench|tools)/', pathNot: '^$1/', dependencyTypes: ['local'] },
      },
      {
        name: 'declared',
        comment: 'a library stands in the package.json of the package that imports it',
        severity: 'error',
        from: {},
        to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
      },
      {
        name: 'installed in production',
        comment: 'sources import nothing that only development installs',
        severity: 'error',
        from: { path: SOURCES, pathNot: TEST_FILE },
        to: { dependencyTypes: ['npm-dev'] },
      },
      {
        name: 'no stock adapter',
        comment: 'packages/trpc-fastify takes its place; only tests and benchmarks compare the two',
        severity: 'error',
        from: { path: SOURCES, pathNot: TEST_FILE },
        to: { path: STOCK_ADAPTERS },
      },
    ],
  };
}
