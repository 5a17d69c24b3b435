// Writes what the release before promises: pnpm exec node --conditions=@promptory/source apps/server/test/upgrade/record-contract.ts
// <commit>. To be run behind each release, with its commit.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parse } from 'node:path';
import { contractShape } from './contract-shape.ts';
import { RECORD } from './earlier-release.ts';

const [given = 'HEAD'] = process.argv.slice(2);
const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
const commit = git('rev-parse', given).trim();
const files = git('ls-tree', '--name-only', commit, 'packages/db/src/migrations/').trim().split('\n');
const contract = Object.entries(contractShape(JSON.parse(git('show', `${commit}:openapi.json`))));
const lines = contract.map(([name, shape]) => `    ${JSON.stringify(name)}: ${JSON.stringify(shape)}`);
writeFileSync(
  RECORD,
  `{\n  "commit": "${commit}",\n  "stamp": "${parse(files.at(-1) ?? '').name}",\n  "contract": {\n${lines.join(',\n')}\n  }\n}\n`,
);
