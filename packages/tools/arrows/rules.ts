import type { IFlattenedRuleSet, IForbiddenRuleType } from 'dependency-cruiser';
import { type ArrowTable, importsOf, type Manifests, type PackageArrows } from './arrow-table.ts';
import { entryPatterns, escaped, importPattern, roomPattern, TEST_FILE, testPattern } from './patterns.ts';

const EVERYWHERE = '^(?:apps|packages|bench)/';
const PACKAGE = '^((?:apps|packages)/[^/]+|bench)/';
const SOURCES = '^(?:apps|packages)/[^/]+/src/';
const LIBRARIES = '(?:^|/)node_modules/';
const STOCK_ADAPTER = `${LIBRARIES}@trpc/server/dist/adapters/fastify/`;

/** The rules of dependency-cruiser: those of each package, and those that hold for every file. */
export function rulesOf(table: ArrowTable, manifests: Manifests): IFlattenedRuleSet {
  const packages = Object.entries(table);
  const known = packages.flatMap(([dir, arrows]) => [
    ...Object.keys(arrows.rooms).map((room) => roomPattern(dir, room, arrows)),
    testPattern(dir, arrows),
  ]);
  return {
    forbidden: [
      ...packages.flatMap(([dir, arrows]) => packageRules(dir, arrows, manifests)),
      {
        name: 'unknown room',
        comment: 'packages/tools/arrows/arrows.ts has no room for it',
        severity: 'error',
        from: {},
        // Of a file with more importers, each importer breaks the rule of its own room.
        module: { path: EVERYWHERE, pathNot: known, numberOfDependentsLessThan: 100 },
      },
      ...generalRules,
      installedRule(packages.filter(([, { bundled }]) => bundled === true).map(([dir]) => dir)),
    ],
  };
}

function packageRules(dir: string, arrows: PackageArrows, manifests: Manifests): IForbiddenRuleType[] {
  const rooms = Object.keys(arrows.rooms);
  return [
    ...rooms.map((room) => roomRule(dir, room, arrows, manifests)),
    ...rooms.flatMap((room) => typeRules(dir, room, arrows, manifests)),
    testRule(dir, arrows, manifests),
    ...(rooms.length > 0 ? [productRule(dir, arrows, manifests)] : []),
  ];
}

function roomRule(dir: string, room: string, arrows: PackageArrows, manifests: Manifests): IForbiddenRuleType {
  const imports = importsOf(arrows, room);
  return {
    name: `${dir}/src/${room}`,
    comment: `may import: ${imports.join(', ') || 'nothing'}`,
    severity: 'error',
    from: { path: roomPattern(dir, room, arrows, '([^/]+)') },
    to: {
      pathNot: [
        roomPattern(dir, room, arrows, '$1'),
        ...imports.map((target) => importPattern(dir, target, arrows, manifests)),
      ],
    },
  };
}

const typeRules = (dir: string, room: string, arrows: PackageArrows, manifests: Manifests): IForbiddenRuleType[] =>
  importsOf(arrows, room)
    .filter((target) => target.startsWith('type '))
    .map((target) => ({
      name: `${dir}/src/${room}: types only`,
      comment: `may import the types of ${target.slice('type '.length)}, and no value`,
      severity: 'error',
      from: { path: roomPattern(dir, room, arrows) },
      to: { path: importPattern(dir, target, arrows, manifests), dependencyTypesNot: ['type-only'] },
    }));

function testRule(dir: string, arrows: PackageArrows, manifests: Manifests): IForbiddenRuleType {
  const ofSources = Object.keys(arrows.rooms).flatMap((room) => importsOf(arrows, room));
  const ours = ofSources.filter((target) => target.replace('type ', '').startsWith('@promptory/'));
  const imports = [...new Set([...ours, ...(arrows.tests ?? [])])];
  return {
    name: `${dir}: tests`,
    comment: `may import: ${['their package', ...imports, 'declared libraries', 'node:*'].join(', ')}`,
    severity: 'error',
    from: { path: testPattern(dir, arrows) },
    to: {
      pathNot: [
        `^${escaped(dir)}/`,
        LIBRARIES,
        ...['node:*', ...imports].map((target) => importPattern(dir, target, arrows, manifests)),
      ],
    },
  };
}

function productRule(dir: string, arrows: PackageArrows, manifests: Manifests): IForbiddenRuleType {
  const entries = entryPatterns(dir, arrows, manifests);
  return {
    name: `${dir}: product or test`,
    comment: 'no entry of the package leads to it; what only tests need lives in test/',
    severity: 'error',
    from: { path: entries },
    to: { path: `^${escaped(dir)}/src/`, pathNot: [TEST_FILE, ...entries], reachable: false },
  };
}

const generalRules: readonly IForbiddenRuleType[] = [
  {
    name: 'no circles',
    comment: 'files that import each other, be it for their types alone',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'packages by name',
    comment: 'another package is imported by a name that it exports, not by a path',
    severity: 'error',
    from: { path: PACKAGE },
    to: { path: EVERYWHERE, pathNot: '^$1/', dependencyTypes: ['local'] },
  },
  {
    name: 'declared',
    comment: 'a library stands in the package.json of the package that imports it',
    severity: 'error',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'no stock adapter',
    comment: 'packages/trpc-fastify takes its place; only tests and benchmarks compare the two',
    severity: 'error',
    from: { path: SOURCES, pathNot: TEST_FILE },
    to: { path: STOCK_ADAPTER },
  },
];

const installedRule = (bundled: readonly string[]): IForbiddenRuleType => ({
  name: 'installed in production',
  comment: 'sources import nothing that only development installs, but for an optional peer, and what is bundled',
  severity: 'error',
  from: { path: SOURCES, pathNot: [TEST_FILE, ...bundled.map((dir) => `^${escaped(dir)}/`)] },
  to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer'] },
});
