import { migrationStatus } from '../migrate/migrator.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';

/** `pnpm migrate:status`: a line for each migration, with when it was applied. */
await runCommand(() =>
  withDatabase(async ({ connectionString }) => {
    const states = await migrationStatus({ connectionString });
    return states.map(({ name, executedAt }) => `${(executedAt ?? 'pending').padEnd(24)}  ${name}`).join('\n');
  }),
);
