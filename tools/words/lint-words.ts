// Looks through everything that is written by hand for words that only this repository would understand.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findPrivateWords } from './find-private-words.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WRITTEN_BY_HAND = ['*.ts', '*.md', '*.mjs', '*.yml', '.env.example', '.ci/run'];
// A landed migration is never edited, and these files are about the words.
const LEFT_OUT = /^packages\/db\/src\/migrations\/|^tools\/(words|test\/words)\/|\/CHANGELOG\.md$/;

const listed = execFileSync('git', ['ls-files', '--', ...WRITTEN_BY_HAND], { cwd: ROOT, encoding: 'utf8' });
const files = listed.split('\n').filter((path) => path !== '' && !LEFT_OUT.test(path));

let found = 0;
for (const path of files) {
  for (const { word, instead, line } of findPrivateWords(path, readFileSync(`${ROOT}/${path}`, 'utf8'))) {
    process.stderr.write(`${path}${line === 0 ? '' : `:${line}`}: «${word}»: say ${instead}\n`);
    found += 1;
  }
}
if (found > 0) process.exitCode = 1;
else process.stdout.write(`${files.length} files: none of the private words.\n`);
