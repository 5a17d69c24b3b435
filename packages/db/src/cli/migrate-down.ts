import { migrateDown } from '../migrate/migrator.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';

/** `pnpm migrate:down`: takes back the migration applied last, with the data that only it holds. */
await runCommand(() =>
  withDatabase(async ({ connectionString }) => {
    const name = await migrateDown({ connectionString });
    return name === null ? 'No migration is applied.' : `Took back ${name}.`;
  }),
);
