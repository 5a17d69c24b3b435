import type { Connection } from '@promptory/db';
import { migrationNames } from '@promptory/db/migration-files';

/**
 * Whether a database has just the migrations that there are, by their names, which never change once landed. It loads
 * neither them nor the migrator, which costs a start half a second that nearly always finds nothing to do.
 */
export async function isMigrated({ pool }: Connection): Promise<boolean> {
  const names = await migrationNames();
  try {
    const { rows } = await pool.query<{ name: string }>(
      'SELECT name FROM kysely_migration WHERE EXISTS (SELECT FROM graphile_worker.migrations) ORDER BY name',
    );
    return rows.length === names.length && rows.every(({ name }, index) => name === names[index]);
  } catch {
    // No such table yet, or a database that cannot be read: the migrator reports what is wrong.
    return false;
  }
}
