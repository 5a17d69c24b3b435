import { type Kysely, sql } from 'kysely';

// One for each filter of the administrators' lists that picks few of many, in the order of the list.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX audit_log_action ON audit_log (action, occurred_at DESC, id DESC)`.execute(db);
  await sql`DROP INDEX auth_attempts_email, auth_attempts_user`.execute(db);
  await sql`CREATE INDEX auth_attempts_email ON auth_attempts (email, occurred_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX auth_attempts_user ON auth_attempts (user_id, occurred_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX auth_attempts_kind ON auth_attempts (kind, occurred_at DESC, id DESC)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX auth_attempts_kind, auth_attempts_user, auth_attempts_email, audit_log_action`.execute(db);
  await sql`CREATE INDEX auth_attempts_email ON auth_attempts (email, occurred_at DESC)`.execute(db);
  await sql`CREATE INDEX auth_attempts_user ON auth_attempts (user_id)`.execute(db);
}
