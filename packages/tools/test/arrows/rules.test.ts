import { beforeAll, describe, expect, it } from 'vitest';
import type { ArrowTable } from '../../arrows/arrow-table.ts';
import { checkArrows } from '../../arrows/check-arrows.ts';
import { rulesOf } from '../../arrows/rules.ts';
import { givenTree } from './given-tree.ts';

const table: ArrowTable = {
  'packages/db': { rooms: { '.': ['npm:kysely'] } },
  'packages/api': {
    everywhere: ['@promptory/db', 'node:crypto'],
    rooms: {
      'errors.ts': [],
      access: ['errors.ts'],
      'features/*': ['access', 'npm:kysely', 'npm:@trpc/server'],
      'index.ts': ['features/*'],
    },
    entries: ['features/*/job.ts'],
    tests: ['@promptory/db/testing'],
  },
  'packages/client': { rooms: { '.': ['type @promptory/api'] } },
  'apps/server': { rooms: { 'main.ts': ['@promptory/api', 'npm:fastify'] }, entries: ['main.ts'] },
  'apps/console': { rooms: { 'page.tsx': [], 'main.tsx': ['page.tsx'] }, entries: ['main.tsx'] },
  bench: { rooms: {}, tests: ['@promptory/db'] },
};

const at = (file: string): object => ({ '@promptory/source': file });
const manifests = {
  'packages/db': {
    name: '@promptory/db',
    dependencies: { kysely: '1' },
    exports: { '.': at('./src/index.ts'), './testing': at('./test/testing.ts') },
  },
  'packages/api': {
    name: '@promptory/api',
    dependencies: { kysely: '1', '@trpc/server': '1' },
    devDependencies: { vitest: '1' },
    exports: { '.': at('./src/index.ts') },
  },
  'packages/client': { name: '@promptory/client', exports: { '.': at('./src/index.ts') } },
  'apps/server': { name: '@promptory/server', dependencies: { fastify: '1' } },
  'apps/console': { name: '@promptory/console' },
  bench: { name: '@promptory/bench' },
};

/** Each file is where it may be, and imports what it may. */
const sound: Readonly<Record<string, string>> = {
  'packages/db/src/index.ts': "export * from './connect.ts';",
  'packages/db/src/connect.ts': "import { Kysely } from 'kysely'; export const db = Kysely;",
  'packages/db/test/testing.ts': "export { db } from '../src/connect.ts';",
  'packages/api/src/errors.ts': "import { randomUUID } from 'node:crypto'; export const id = randomUUID;",
  'packages/api/src/access/roles.ts': "export { id } from '../errors.ts'; import { db } from '@promptory/db'; db;",
  'packages/api/src/features/one/router.ts': "export { id } from '../../access/roles.ts'; import './inner/deep.ts';",
  'packages/api/src/features/one/inner/deep.ts': "import 'kysely'; import { initTRPC } from '@trpc/server'; initTRPC;",
  'packages/api/src/features/one/router.test.ts':
    "import 'vitest'; import './router.ts'; import '@promptory/db/testing'; import 'node:http';",
  'packages/api/src/features/two/job.ts': "import type { Id } from '../../access/roles.ts'; export const job = 1;",
  'packages/api/src/index.ts': "export { id } from './features/one/router.ts';",
  'packages/api/test/given.ts': "import 'vitest'; import '../src/access/roles.ts';",
  'packages/client/src/index.ts': "import type { id } from '@promptory/api'; export type Id = typeof id;",
  'apps/server/src/main.ts': "import 'fastify'; import '@promptory/api';",
  'apps/console/src/main.tsx': "import { page } from './page.tsx'; page;",
  'apps/console/src/page.tsx': 'export const page = <p>One</p>;',
  'bench/one.ts': "import '@promptory/db';",
};

const libraries = ['kysely', 'fastify', 'vitest', 'nodemailer', '@trpc/server'];

/** `rule: file → what it imports`, for each violation in the sound tree with these files added or replaced. */
async function violations(files: Readonly<Record<string, string>>): Promise<string[]> {
  await using tree = await givenTree(manifests, libraries, { ...sound, ...files });
  const { summary } = await checkArrows(tree.root, table);
  return summary.violations
    .map(({ rule, from, to }) => (from === to ? `${rule.name}: ${from}` : `${rule.name}: ${from} → ${to}`))
    .sort();
}

/** Files of the room `access` with these texts, to which `roles.ts` leads. */
function inRoom(texts: readonly string[]): Readonly<Record<string, string>> {
  const files = texts.map((text, index) => [probe(index), `${text} export const probe${index} = 1;`] as const);
  const roles = texts.map((_, index) => `export { probe${index} } from './probe-${index}.ts';`);
  const file = 'packages/api/src/access/roles.ts';
  return { ...Object.fromEntries(files), [file]: [sound[file], ...roles].join('\n') };
}

const probe = (index: number): string => `packages/api/src/access/probe-${index}.ts`;

describe('the rules', () => {
  it('cannot be written as a circle of rooms', () => {
    const circle = { 'packages/api': { rooms: { access: ['audit'], audit: ['access'] } } };
    expect(() => rulesOf(circle, manifests)).toThrow('access may import audit only if audit stands above it');
  });

  it('cannot name a room, or an export, that is not there', () => {
    const rulesFor = (name: string): unknown => rulesOf({ 'packages/api': { rooms: { access: [name] } } }, manifests);
    expect(() => rulesFor('acces')).toThrow('packages/api has no room acces');
    expect(() => rulesFor('@promptory/db/secrets')).toThrow('No package exports @promptory/db/secrets');
  });

  it('find nothing in a sound tree', async () => {
    expect(await violations({})).toEqual([]);
  });

  describe('refuse a room', () => {
    const targets = [
      ['a room above it', "import '../index.ts';", 'packages/api/src/index.ts'],
      ['a library of another room', "import 'kysely';", 'node_modules/kysely/index.js'],
      ['a library that nobody declares', "import 'nodemailer';", 'node_modules/nodemailer/index.js'],
      ['a library that is not installed', "import 'left-pad';", 'left-pad'],
      ['a part of Node', "import 'node:http';", 'http'],
      ['a package', "import '@promptory/server';", '@promptory/server'],
      ['what a package exports for tests', "import '@promptory/db/testing';", 'packages/db/test/testing.ts'],
      ['a test', "import '../features/one/router.test.ts';", 'packages/api/src/features/one/router.test.ts'],
      ['a test beside it', "import './roles.test.ts';", 'packages/api/src/access/roles.test.ts'],
      ['what tests share', "import '../../test/given.ts';", 'packages/api/test/given.ts'],
    ] as const;
    let found: string[];
    beforeAll(async () => {
      const beside = { 'packages/api/src/access/roles.test.ts': '' };
      found = await violations({ ...inRoom(targets.map(([, text]) => text)), ...beside });
    });

    it.each(targets.map(([what, , to], index) => ({ what, to, index })))('$what', ({ to, index }) => {
      expect(found).toContain(`packages/api/src/access: ${probe(index)} → ${to}`);
    });
  });

  describe('see an import', () => {
    const forms = [
      ['for its types alone', "import type { id } from '../features/one/router.ts'; export type A = typeof id;"],
      ['inline types', "import { type id } from '../features/one/router.ts'; export type A = typeof id;"],
      ['as a type expression', "export type A = import('../features/one/router.ts').A;"],
      ['dynamically', "export const later = () => import('../features/one/router.ts');"],
      ['to hand it on', "export { id } from '../features/one/router.ts';"],
      ['to hand its types on', "export type * from '../features/one/router.ts';"],
    ] as const;
    let found: string[];
    beforeAll(async () => {
      found = await violations(inRoom(forms.map(([, text]) => text)));
    });

    it.each(forms.map(([form], index) => ({ form, index })))('$form', ({ index }) => {
      const to = 'packages/api/src/features/one/router.ts';
      expect(found).toContain(`packages/api/src/access: ${probe(index)} → ${to}`);
    });
  });

  it('refuse that a feature imports another one', async () => {
    const found = await violations({ 'packages/api/src/features/two/job.ts': "import '../one/router.ts';" });
    expect(found).toEqual([
      'packages/api/src/features/*: packages/api/src/features/two/job.ts → packages/api/src/features/one/router.ts',
    ]);
  });

  it('refuse a value of what only its types may be known of, beside a type of it too', async () => {
    const text = "import type { A } from '@promptory/api'; import { id } from '@promptory/api'; export { id, type A };";
    expect(await violations({ 'packages/client/src/index.ts': text })).toEqual([
      'packages/client/src/.: types only: packages/client/src/index.ts → packages/api/src/index.ts',
    ]);
  });

  it('refuse a file in a room that the table does not know', async () => {
    const unknown = [
      'apps/console/main.ts',
      'packages/api/source/a.ts',
      'packages/api/src/features/loose.ts',
      'packages/api/src/maintenance/purge.ts',
      'packages/api/src/slug.ts',
      'packages/db/src/cli/migrate.ts',
      'packages/new/src/index.ts',
    ];
    const found = await violations(Object.fromEntries(unknown.map((file) => [file, 'export const alone = 1;'])));
    expect(found.filter((line) => line.startsWith('unknown room: '))).toEqual(
      unknown.map((file) => `unknown room: ${file}`),
    );
  });

  it('refuse that only tests lead to a file of the sources', async () => {
    const found = await violations({
      'packages/api/src/access/fake-roles.ts': 'export const fake = 1;',
      'packages/api/src/access/roles.test.ts': "import './fake-roles.ts';",
    });
    expect(found).toEqual(['packages/api: product or test: packages/api/src/access/fake-roles.ts']);
  });

  it('refuse that sources import what only development installs', async () => {
    const found = await violations(inRoom(["import 'vitest';"]));
    expect(found).toContain(`installed in production: ${probe(0)} → node_modules/vitest/index.js`);
  });

  it('refuse a library that the package.json does not name, in tests too', async () => {
    const found = await violations({ 'packages/api/test/given.ts': "import 'fastify';" });
    expect(found).toEqual(['declared: packages/api/test/given.ts → node_modules/fastify/index.js']);
  });

  it('refuse that a test imports a package above its own', async () => {
    const found = await violations({ 'packages/db/src/connect.test.ts': "import '@promptory/api';" });
    expect(found).toContain('packages/db: tests: packages/db/src/connect.test.ts → packages/api/src/index.ts');
  });

  it('refuse another package by its path', async () => {
    const found = await violations({ 'packages/api/test/given.ts': "import '../../db/src/index.ts';" });
    expect(found).toEqual(['packages by name: packages/api/test/given.ts → packages/db/src/index.ts']);
  });

  it('refuse a file of another package that it does not export', async () => {
    const found = await violations({ 'bench/one.ts': "import '../packages/db/src/connect.ts';" });
    expect(found).toContain('bench: tests: bench/one.ts → packages/db/src/connect.ts');
  });

  it('refuse the stock adapter where the library itself may be imported', async () => {
    const adapter = 'node_modules/@trpc/server/dist/adapters/fastify/index.js';
    const found = await violations({
      [adapter]: '',
      'packages/api/src/features/two/job.ts': "import '@trpc/server/dist/adapters/fastify/index.js';",
    });
    expect(found).toEqual([`no stock adapter: packages/api/src/features/two/job.ts → ${adapter}`]);
  });

  it.each([
    ['values', "export { b } from './b.ts';", "import { a } from './a.ts'; export const b = () => a;"],
    ['types', "export type { B } from './b.ts';", "import type { A } from './a.ts'; export type B = A;"],
  ])('refuse a circle of %s within a room', async (_, a, b) => {
    const found = await violations({
      ...inRoom(["import './a.ts';"]),
      'packages/api/src/access/a.ts': a,
      'packages/api/src/access/b.ts': b,
    });
    expect(found).toEqual(['no circles: packages/api/src/access/a.ts → packages/api/src/access/b.ts']);
  });
});
