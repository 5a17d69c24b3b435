import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appRouter } from '@promptory/api/server';
import { expect, it } from 'vitest';
import { accessPage } from '../../src/reference/access-page.ts';
import { errorsPage } from '../../src/reference/errors/errors-page.ts';
import { openApi } from '../../src/reference/open-api.ts';
import { ROOT } from '../../src/settings/project-root.ts';

// The pages are the longest list of what the code says that there is: whatever says it otherwise is seen in them.
it.each([
  ['openapi.json', () => `${JSON.stringify(openApi(), null, 2)}\n`],
  ['docs/access.md', () => accessPage(appRouter)],
  ['docs/errors.md', () => errorsPage(appRouter)],
])('%s is what the code says, or `pnpm generate` makes it so', async (name, page) => {
  // Lines, so that a difference is shown as the lines that differ.
  expect(page().split('\n')).toEqual((await readFile(join(ROOT, name), 'utf8')).split('\n'));
});
