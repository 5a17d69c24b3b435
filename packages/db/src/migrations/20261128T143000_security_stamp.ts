import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE users ADD COLUMN security_stamp integer NOT NULL DEFAULT 0`.execute(db);
  await sql`COMMENT ON COLUMN users.security_stamp IS 'Counts what voided all that was begun in the account: what was begun at another number is void'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE users DROP COLUMN security_stamp`.execute(db);
}
