// Writes the arrows into docs/architecture.md, between their markers; `--check` fails where they are stale.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { arrows } from './arrows.ts';
import { arrowsPage } from './arrows-page.ts';
import { ROOT } from './check-arrows.ts';

const NAME = 'docs/architecture.md';
const MARKED = /(<!-- arrows: [^\n]*-->\n)[\s\S]*(<!-- \/arrows -->)/;

const file = join(ROOT, NAME);
const current = await readFile(file, 'utf8');
if (!MARKED.test(current)) throw new Error(`${NAME} has no markers for the arrows.`);
const text = current.replace(MARKED, (_, start: string, end: string) => `${start}${arrowsPage(arrows)}\n${end}`);
if (text !== current) {
  if (process.argv.includes('--check')) {
    process.stderr.write(`Stale: ${NAME}. Run \`pnpm generate\` and commit the result.\n`);
    process.exitCode = 1;
  } else await writeFile(file, text);
}
