import { expect, it } from 'vitest';
import { unusedArrows } from './unused-arrows.ts';

const imports = (source: string, ...resolved: string[]) => ({
  source,
  dependencies: resolved.map((to) => ({ resolved: to })),
});

it('names rooms without a file, and arrows that no import follows', () => {
  const table = {
    'packages/api': {
      everywhere: ['npm:zod', 'npm:kysely'],
      rooms: { access: ['node:crypto'], audit: ['access'], mail: ['access'], 'features/*': ['access', 'audit'] },
    },
  };
  const modules = [
    imports('packages/api/src/access/roles.ts', 'node_modules/.pnpm/zod@4/node_modules/zod/index.js', 'crypto'),
    imports('packages/api/src/audit/audit.ts'),
    imports('packages/api/src/audit/audit.test.ts', 'packages/api/src/access/roles.ts'),
    imports('packages/api/src/features/one/a.ts', 'packages/api/src/access/roles.ts'),
    imports('packages/api/src/features/two/a.ts', 'packages/api/src/audit/audit.ts'),
  ];
  expect(unusedArrows(table, {}, modules)).toEqual([
    'packages/api: audit → access',
    'packages/api: mail',
    'packages/api: everywhere → npm:kysely',
  ]);
});
