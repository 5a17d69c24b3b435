import { expect, it } from 'vitest';
import { filesToLint } from './files-to-lint.ts';

it('looks at what is written by hand, in every folder', () => {
  const files = [
    '.changeset/config.md',
    '.ci/run',
    '.env.example',
    '.github/workflows/ci.yml',
    'README.md',
    'apps/console/index.html',
    'apps/console/src/ui/tokens.css',
    'apps/console/src/ui/button.tsx',
    'apps/server/deploy/kubernetes/base/kustomization.yaml',
    'apps/server/src/main.ts',
    'apps/server/test/security/input/sizes.security.test.ts',
    'bench/run.ts',
    'docs/decisions/0011-rooms.md',
    'packages/db/src/cli/migrate.ts',
    'packages/db/scripts/build.mjs',
    'packages/tools/arrows/arrows.ts',
    'packages/tools/test/words/probe.ts',
  ];
  expect(filesToLint(files)).toEqual(files);
});

it('leaves out what is generated, landed, or about the words', () => {
  const files = [
    'openapi.json',
    'pnpm-lock.yaml',
    'packages/client/CHANGELOG.md',
    'packages/db/src/migrations/0001-accounts.ts',
    'packages/tools/words/words.ts',
  ];
  expect(filesToLint(files)).toEqual([]);
});
