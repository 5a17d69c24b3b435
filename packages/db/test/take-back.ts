import { migrateDown } from '../src/migrate/migrator.ts';

/** Takes back the migrations of a database down to one that is applied, and this one too. */
export async function takeBack(connectionString: string, name: string): Promise<void> {
  let taken: string | null;
  do {
    taken = await migrateDown({ connectionString });
    if (taken === null) throw new Error(`No migration ${name} was applied.`);
  } while (taken !== name);
}
