import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { arrows } from './arrows.ts';
import { arrowsPage } from './arrows-page.ts';

it('lists what each package imports, then the rooms of each that has more than one', () => {
  const page = arrowsPage({
    'packages/db': { rooms: { '.': ['npm:pg', 'npm:kysely', 'node:crypto'] } },
    'packages/schemas': { rooms: { '.': [] } },
    'packages/api': {
      everywhere: ['@promptory/db'],
      rooms: { access: ['npm:zod'], features: ['access', 'node:http', 'npm:zod', 'type @promptory/client/live'] },
    },
    'apps/cli': { rooms: { terminal: [], commands: ['terminal', 'npm:zod'] } },
    bench: { rooms: {}, tests: ['@promptory/db'] },
  });
  expect(page.split('\n')).toEqual([
    '| package | imports of ours | libraries |',
    '|---|---|---|',
    '| `packages/db` | nothing | `kysely` `pg` |',
    '| `packages/schemas` | nothing |  |',
    '| `packages/api` | `db` `types of client/live` | `zod` |',
    '| `apps/cli` | nothing | `zod` |',
    '',
    '<details><summary>The rooms of <code>packages/api</code></summary>',
    '',
    '| room | imports the rooms | and besides |',
    '|---|---|---|',
    '| `access` |  | `zod` |',
    '| `features` | `access` | `types of client/live` `node:http` `zod` |',
    '| every room | | `db` |',
    '',
    '</details>',
    '',
    '<details><summary>The rooms of <code>apps/cli</code></summary>',
    '',
    '| room | imports the rooms | and besides |',
    '|---|---|---|',
    '| `terminal` |  |  |',
    '| `commands` | `terminal` | `zod` |',
    '',
    '</details>',
  ]);
});

it('stands in the page of the architecture as the arrows are', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/architecture.md'), 'utf8');
  expect(/<!-- arrows: [^\n]*-->\n([\s\S]*)\n<!-- \/arrows -->/.exec(page)?.[1]?.split('\n')).toEqual(
    arrowsPage(arrows).split('\n'),
  );
});
