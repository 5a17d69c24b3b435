import { describe, expect, it } from 'vitest';
import type { PackageArrows } from '../../arrows/arrow-table.ts';
import { arrows } from '../../arrows/arrows.ts';
import { checkArrows, ROOT, readManifests } from '../../arrows/check-arrows.ts';
import { givenTree } from './given-tree.ts';

const manifests = readManifests(ROOT);
const packages = Object.entries(arrows).filter(([, { rooms }]) => Object.keys(rooms).length > 0);

/** A file in the room; in a room with a `*`, one under each of two names. */
function filesIn(dir: string, room: string): string[] {
  if (/\.tsx?$/.test(room)) return [`${dir}/src/${room}`];
  if (room === '.') return [`${dir}/src/probe.ts`];
  return ['one', 'two']
    .slice(0, room.includes('*') ? 2 : 1)
    .map((star) => `${dir}/src/${room.replace('*', star)}/probe.ts`);
}

const untyped = (target: string): string => target.replace(/^type /, '');
const specifierOf = (target: string): string => target.replace(/^npm:/, '');

const written = packages.flatMap(([, { everywhere = [], rooms }]) => [...everywhere, ...Object.values(rooms).flat()]);

/** What some room may import, be it a package, a library or a part of Node, and a few that none may; but not of `dir` itself. */
function outside(dir: string): string[] {
  const targets = written.filter((target) => /@promptory\/|^npm:|^node:(?!\*)/.test(target)).map(untyped);
  const own = manifests[dir]?.name ?? '';
  return [...new Set([...targets, 'npm:express', 'node:http', 'node:fs'])].filter(
    (name) => name !== own && !name.startsWith(`${own}/`),
  );
}

/** What the first file in the room may not import, as a reader of the table would say. */
function refused(dir: string, room: string, { everywhere = [], rooms }: PackageArrows): string[] {
  const allowed = [...everywhere, ...(rooms[room] ?? [])].map(untyped);
  const [self, ...siblings] = filesIn(dir, room);
  const others = Object.keys(rooms).filter((other) => other !== room && !allowed.includes(other));
  return [
    ...siblings,
    ...others.flatMap((other) => filesIn(dir, other)).filter((file) => file !== self),
    ...outside(dir).filter(
      (name) => !allowed.includes(name) && !(name.startsWith('node:') && allowed.includes('node:*')),
    ),
  ];
}

/** A file in each room of a package, which imports a file of every other room, and all that is outside. */
function everythingImportsEverything(dir: string, { rooms }: PackageArrows): Record<string, string> {
  const files: Record<string, string> = {};
  const probes = Object.keys(rooms).flatMap((room) => filesIn(dir, room));
  const up = (from: string): string => '../'.repeat(from.split('/').length - 1);
  for (const from of probes) {
    const inside = probes.filter((to) => to !== from).map((to) => `${up(from)}${to}`);
    files[from] = [...inside, ...outside(dir).map(specifierOf)].map((specifier) => `import '${specifier}';`).join('\n');
  }
  return files;
}

/** What violated the rule of each room of a package, as its file imports it. */
async function refusedByTheTool(dir: string, own: PackageArrows): Promise<ReadonlyMap<string, string[]>> {
  const libraries = outside('')
    .filter((name) => name.startsWith('npm:'))
    .map(specifierOf);
  const entries = Object.entries(manifests).flatMap(([folder, { exports = {} }]) =>
    // A package.json that is exported is in the tree already.
    Object.values(exports).flatMap((entry) => (entry === './package.json' ? [] : [`${folder}/${sourceOf(entry)}`])),
  );
  const files = { ...Object.fromEntries(entries.map((file) => [file, ''])), ...everythingImportsEverything(dir, own) };
  await using tree = await givenTree(manifests, libraries, files);
  const { modules, summary } = await checkArrows(tree.root, { [dir]: own });
  const found = new Map<string, string[]>();
  for (const { rule, from, to } of summary.violations) {
    const { dependencies } = modules.find(({ source }) => source === from) ?? { dependencies: [] };
    const module = dependencies.find(({ resolved }) => resolved === to)?.module ?? to;
    const name = module.startsWith('.') ? to : module;
    found.set(`${rule.name} ${from}`, [...(found.get(`${rule.name} ${from}`) ?? []), name].sort());
  }
  return found;
}

function sourceOf(entry: unknown): string {
  return typeof entry === 'string' ? entry : sourceOf(Object.values(entry as object)[0]);
}

describe('the arrows of this repository', () => {
  // Each package alone: its rules against the imports of all others would only take their time.
  it.each(packages)('refuse each room of %s every import that is not written', async (dir, own) => {
    const found = await refusedByTheTool(dir, own);
    for (const room of Object.keys(own.rooms)) {
      const [file] = filesIn(dir, room);
      const bare = (name: string): string => name.replace(/^(?:npm|node):/, '');
      const expected = refused(dir, room, own).map(bare).sort();
      const got = (found.get(`${dir}/src/${room} ${file}`) ?? []).map(bare).sort();
      expect(got, `${dir}/src/${room}`).toEqual(expected);
    }
  });
});
