// Looks through everything that is written by hand for words that only this repository would understand.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { filesToLint } from './files-to-lint.ts';
import { findPrivateWords } from './find-private-words.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const listed = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
const files = filesToLint(listed.split('\0'));

let found = 0;
for (const path of files) {
  for (const { word, instead, line } of findPrivateWords(path, readFileSync(`${ROOT}/${path}`, 'utf8'))) {
    process.stderr.write(`${path}${line === 0 ? '' : `:${line}`}: «${word}»: say ${instead}\n`);
    found += 1;
  }
}
if (found > 0) process.exitCode = 1;
else process.stdout.write(`${files.length} files: none of the private words.\n`);
