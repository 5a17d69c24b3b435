import { migrateToLatest } from '../migrate/migrator.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';

/** `pnpm migrate`: applies every pending migration, and those of the job queue. */
await runCommand(() =>
  withDatabase(async (database) => {
    const onStep = (name: string): void => {
      process.stdout.write(`applied ${name}\n`);
    };
    const applied = await migrateToLatest({ ...database, onStep });
    return applied.length === 0 ? 'Nothing to migrate: the database is up to date.' : `Applied ${applied.length}.`;
  }),
);
