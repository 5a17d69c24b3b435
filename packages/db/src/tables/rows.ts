import type { Insertable, Selectable, Updateable } from 'kysely';
import type { DB } from './database.generated.ts';

/** Every table as Kysely sees it, generated from the migrated database. */
export type Database = DB;

/** A row of a table as it is read: `Row<'prompts'>`. */
export type Row<Table extends keyof Database> = Selectable<Database[Table]>;
/** A row as it is inserted. */
export type NewRow<Table extends keyof Database> = Insertable<Database[Table]>;
/** What an update may set. */
export type RowChange<Table extends keyof Database> = Updateable<Database[Table]>;
