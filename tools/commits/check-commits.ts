// Checks the messages of the commits that are not yet on the branch they are meant for.
import { execFileSync } from 'node:child_process';
import { commitFaults } from './commit-faults.ts';

/** The first that this clone knows. `COMMITS_SINCE` is for CI: where a pull request or a push began. */
const bases = [process.env.COMMITS_SINCE, 'origin/main', 'main'];

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
