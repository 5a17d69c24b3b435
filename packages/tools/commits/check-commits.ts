// Checks the messages of the commits that this clone has.
import { execFileSync } from 'node:child_process';
import { commitFaults } from './commit-faults.ts';

/** Where the commits begin: in CI where a pull request or a push began, else the last commit that the rules did not bind. */
const bases = [process.env.COMMITS_SINCE, 'c8244c3f1de5920d77af814f7426f375b572d298'];

const git = (...args: string[]): string =>
  execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

function isKnown(base: string | undefined): base is string {
  if (!base) return false;
  try {
    git('rev-parse', '--verify', '--quiet', `${base}^{commit}`);
    return true;
  } catch {
    return false;
  }
}

const base = bases.find(isKnown);
const commits = base
  ? git('log', '--no-merges', '-z', '--format=%h %B', `${base}..HEAD`).split('\0').filter(Boolean)
  : [];
for (const commit of commits) {
  const [, hash, message = ''] = /^(\S+) ([\s\S]*)$/.exec(commit) ?? [];
  for (const fault of commitFaults(message)) {
    process.stderr.write(`${hash} ${message.split('\n')[0]}: ${fault}\n`);
    process.exitCode = 1;
  }
}
process.stdout.write(`${commits.length} commit messages since ${base ?? 'nothing that this clone knows'}.\n`);
