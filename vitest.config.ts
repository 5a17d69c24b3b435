import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const conditions = ['@promptory/source'];
const resolve = { conditions };
const ssr = { resolve: { conditions, externalConditions: conditions } };
const ignored = ['**/node_modules/**', '**/dist/**'];

// A test file's suffix tells its cost: pure, a database or the app (integration), real processes (e2e). The first two
// share workers: no file leaves anything behind in one, so each needs the modules loaded only once.
export default defineConfig({
  test: {
    // Much of a test's time is spent waiting for PostgreSQL or a socket.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          isolate: false,
          include: ['{apps,packages}/*/{src,test}/**/*.test.ts'],
          exclude: [...ignored, '**/*.{db,http,e2e}.test.ts'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
          isolate: false,
          include: ['{apps,packages}/*/{src,test}/**/*.{db,http}.test.ts'],
          exclude: ignored,
          globalSetup: ['packages/db/src/testing/cluster.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'e2e',
          include: ['{apps,packages}/*/{src,test}/**/*.e2e.test.ts'],
          exclude: ignored,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
