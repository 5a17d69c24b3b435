// Writes the committed pages that are made from the code; `--check` fails where one is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appRouter } from '@promptory/api/server';
import { accessPage } from '../reference/access-page.ts';
import { errorsPage } from '../reference/errors/errors-page.ts';
import { openApi } from '../reference/open-api.ts';
import { ROOT } from '../settings/project-root.ts';

const pages: ReadonlyArray<readonly [string, string]> = [
  ['openapi.json', `${JSON.stringify(openApi(), null, 2)}\n`],
  ['docs/access.md', accessPage(appRouter)],
  ['docs/errors.md', errorsPage(appRouter)],
];

const check = process.argv.includes('--check');
const stale: string[] = [];
for (const [name, text] of pages) {
  const file = join(ROOT, name);
  const current = await readFile(file, 'utf8').catch(() => '');
  if (current === text) continue;
  if (check) stale.push(name);
  else await writeFile(file, text);
}
if (stale.length > 0) {
  process.stderr.write(`Stale: ${stale.join(', ')}. Run \`pnpm generate\` and commit the result.\n`);
  process.exitCode = 1;
}
