// Checks the messages of the commits that the history at hand holds, from where the rules count.
import { execFileSync } from 'node:child_process';
import { commitFaults } from './commit-faults.ts';

/** The last commit before the rules count. */
const BEFORE = '451b7851468556cadb08f2bfe17c817b8fbcfec9';

/** Nothing where the history does not reach back so far, as in a clone of depth 1. */
function messages(): string[] {
  const log = ['log', '--no-merges', '-z', '--format=%h %B', `${BEFORE}..HEAD`];
  try {
    return execFileSync('git', log, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\0')
      .filter(Boolean);
  } catch {
    return [];
  }
}

const found = messages();
for (const message of found) {
  const [, hash, text = ''] = /^(\S+) ([\s\S]*)$/.exec(message) ?? [];
  for (const fault of commitFaults(text)) {
    process.stderr.write(`${hash} ${text.split('\n')[0]}: ${fault}\n`);
    process.exitCode = 1;
  }
}
process.stdout.write(`${found.length} commit messages read.\n`);
