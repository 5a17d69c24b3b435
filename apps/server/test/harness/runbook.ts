import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../e2e/harness/run-server.ts';

/** The blocks of commands below a heading of the runbook, in their order. @throws Error where there is no such heading */
export async function runbookBlocks(heading: string): Promise<string[]> {
  const page = await readFile(join(ROOT, 'docs/operations.md'), 'utf8');
  const from = page.indexOf(`\n### ${heading}\n`);
  if (from < 0) throw new Error(`docs/operations.md has no section “${heading}”.`);
  const section = page.slice(from + 1).split(/^##+ /m)[1] ?? '';
  return Array.from(section.matchAll(/^```bash\n([\s\S]*?)^```$/gm), ([, block = '']) => block);
}
