import { parseArgs } from 'node:util';
import { migrateDown, migrateDownUntil } from '../migrate/migrator.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';

const USAGE = 'Usage: pnpm migrate:down [--until <the last migration that stays>], such as 20260131T090000_accounts.';

/** `pnpm migrate:down`: takes back the migration applied last, or all behind one, with the data that only they hold. */
await runCommand((args) => {
  const until = lastThatStays(args);
  return withDatabase(async ({ connectionString }) => {
    if (until === undefined) {
      const name = await migrateDown({ connectionString });
      return name === null ? 'No migration is applied.' : `Took back ${name}.`;
    }
    const onStep = (name: string): void => void process.stdout.write(`took back ${name}\n`);
    const taken = await migrateDownUntil({ connectionString, until, onStep });
    return taken.length === 0 ? `${until} is the last one already.` : `Took back ${taken.length}.`;
  });
});

/** @throws Error that says how the command is used */
function lastThatStays(args: string[]): string | undefined {
  try {
    return parseArgs({ args, options: { until: { type: 'string' } } }).values.until;
  } catch (cause) {
    throw new Error(USAGE, { cause });
  }
}
