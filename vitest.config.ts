import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const conditions = ['@promptory/source'];
const resolve = { conditions };
const ssr = { resolve: { conditions, externalConditions: conditions } };
const ignored = ['**/node_modules/**', '**/dist/**'];
// What these need is installed by `pnpm test:clients`, `pnpm test:engines` and `pnpm test:manifests` only.
const clients = 'packages/generated-clients/**';
const engines = 'packages/template-engines/**';
const manifests = 'packages/manifests/**';
// End-to-end tests of their own, so that CI can run them beside the others.
const abuse = 'packages/trpc-fastify/test/abuse/**';
const recipes = 'packages/tools/test/recipes/**';
const browsers = 'apps/{server,console}/test/e2e/{browser,react,console}/**';
// These build and pack what lies in the checkout, so nothing else may do so meanwhile.
const published = [
  '{apps/cli,packages/client,packages/trpc-fastify}/test/**/*.e2e.test.ts',
  'apps/server/test/e2e/commands/production.e2e.test.ts',
];

// These end what hangs, on a machine however busy; none of them measures anything.
const timeouts = { testTimeout: 240_000, hookTimeout: 240_000, expect: { poll: { timeout: 60_000 } } };

// What a file leaves to the next turns of the event loop, such as the rest of an injected answer, runs beside the next file of
// its worker: `setImmediate` stays real, so that this never counts among the timers of a test.
const faked = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] as const;
const fakeTimers = { toFake: [...faked] };

// Node takes the types out and loads modules itself, which spares a third of the processor's time.
const native = { experimental: { viteModuleRunner: false }, execArgv: ['--conditions=@promptory/source'] };

const security = {
  ...timeouts,
  fakeTimers,
  isolate: false,
  exclude: ignored,
  globalSetup: ['packages/db/test/global-setup.ts', 'apps/server/test/security/harness/scale.ts'],
};

// A test file's suffix tells its cost: pure, a database or the app (integration), ten seconds and more (long), real processes
// (e2e), a collection of prompts that the repository does not hold (corpus; PROMPTORY_CORPUS says where it is), programs that the
// system has to have (scale), or what is killed, frozen, cut off and filled up (failure). The first
// three share workers: no file leaves anything behind in one, so each needs the modules loaded only once. The attacks of
// `pnpm test:security` run two files at a time; those that measure time run after them, each alone.
export default defineConfig({
  test: {
    // Much of a test's time is spent waiting for PostgreSQL or a socket.
    maxWorkers: Math.max(4, availableParallelism()),
    projects: [
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'unit',
          isolate: false,
          include: ['{apps,packages}/*/{src,test}/**/*.test.ts', 'packages/tools/**/*.test.ts'],
          exclude: [
            ...ignored,
            clients,
            engines,
            manifests,
            '**/*.{db,http,long,e2e,security,corpus,growth,scale,failure}.test.ts',
          ],
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'integration',
          ...native,
          isolate: false,
          include: ['{apps,packages}/*/{src,test}/**/*.{db,http}.test.ts'],
          exclude: ignored,
          globalSetup: ['packages/db/test/global-setup.ts'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'long',
          ...native,
          isolate: false,
          include: ['{apps,packages}/*/{src,test}/**/*.long.test.ts'],
          exclude: ignored,
          globalSetup: ['packages/db/test/global-setup.ts'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'e2e',
          include: ['{apps,packages}/*/{src,test}/**/*.e2e.test.ts'],
          exclude: [...ignored, clients, engines, abuse, recipes, browsers, ...published],
          fileParallelism: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'e2e-abuse',
          include: [`${abuse}/*.e2e.test.ts`],
          exclude: ignored,
          fileParallelism: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'e2e-browser',
          include: [`${browsers}/*.e2e.test.ts`],
          exclude: ignored,
          fileParallelism: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'e2e-packages',
          include: published,
          exclude: [...ignored, abuse],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'e2e-recipes',
          include: [`${recipes}/*.e2e.test.ts`],
          exclude: ignored,
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'scale',
          include: ['apps/server/test/scale/*.scale.test.ts'],
          exclude: ignored,
          fileParallelism: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
          name: 'failure',
          ...native,
          include: ['apps/server/test/{failure,upgrade}/*.failure.test.ts'],
          exclude: ignored,
          globalSetup: ['apps/server/test/failure/harness/run-scale.ts'],
          // These wait more than they work; a full run has one at a time, since it measures what is promised within a time.
          maxWorkers: 3,
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'clients',
          include: [`${clients}/*.test.ts`],
          exclude: ignored,
          fileParallelism: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'engines',
          include: [`${engines}/*.test.ts`],
          exclude: ignored,
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'manifests',
          include: [`${manifests}/*.test.ts`],
          exclude: ignored,
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          fakeTimers,
          name: 'corpus',
          include: ['{apps,packages}/*/{src,test}/**/*.corpus.test.ts'],
          exclude: ignored,
          globalSetup: ['packages/db/test/global-setup.ts'],
          fileParallelism: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...timeouts,
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
          name: 'growth',
          include: ['{apps,packages}/*/{src,test}/**/*.growth.test.ts'],
          exclude: ignored,
          globalSetup: ['packages/db/test/global-setup.ts'],
          fileParallelism: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...security,
          name: 'security',
          include: ['apps/server/test/security/**/*.security.test.ts'],
          exclude: [...ignored, '**/*.timing.security.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...security,
          name: 'security-timing',
          include: ['apps/server/test/security/**/*.timing.security.test.ts'],
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
