import { type Kysely, sql } from 'kysely';

// What lets somebody in ends, whatever wrote its row: a wrong clock moves its beginning and its end alike. In hours, since a day
// has 23 or 25 of them where clocks are put back.
const ENDS = [
  ['sessions', 'absolute_expires_at', sql`created_at + interval '720 hours'`],
  [
    'email_tokens',
    'expires_at',
    sql`created_at + CASE purpose WHEN 'reset_password' THEN interval '15 minutes' ELSE interval '24 hours' END`,
  ],
  ['group_invitations', 'expires_at', sql`created_at + interval '720 hours'`],
] as const;

export const transaction = false;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, column, latest] of ENDS) {
    const [name, end, check] = [sql.table(table), sql.ref(column), sql.ref(`${table}_${column}_check`)];
    await sql`ALTER TABLE ${name} DROP CONSTRAINT IF EXISTS ${check}`.execute(db);
    await sql`ALTER TABLE ${name} ADD CONSTRAINT ${check} CHECK (${end} <= ${latest}) NOT VALID`.execute(db);
  }
  await sql`ALTER TABLE group_invitations ALTER COLUMN expires_at SET DEFAULT now() + interval '720 hours'`.execute(db);
  await sql`
    UPDATE sessions SET absolute_expires_at = created_at + interval '720 hours',
      idle_expires_at = least(idle_expires_at, created_at + interval '720 hours')
    WHERE absolute_expires_at > created_at + interval '720 hours'
  `.execute(db);
  await sql`UPDATE email_tokens SET expires_at = ${ENDS[1][2]} WHERE expires_at > ${ENDS[1][2]}`.execute(db);
  // Those of before invitations had an end were given thirty days from then on, which they keep.
  await sql`
    UPDATE group_invitations SET created_at = expires_at - interval '720 hours'
    WHERE expires_at > created_at + interval '720 hours'
  `.execute(db);
  for (const [table, column] of ENDS) {
    await sql`ALTER TABLE ${sql.table(table)} VALIDATE CONSTRAINT ${sql.ref(`${table}_${column}_check`)}`.execute(db);
  }
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE group_invitations ALTER COLUMN expires_at SET DEFAULT now() + interval '30 days'`.execute(db);
  for (const [table, column] of ENDS) {
    await sql`ALTER TABLE ${sql.table(table)} DROP CONSTRAINT IF EXISTS ${sql.ref(`${table}_${column}_check`)}`.execute(
      db,
    );
  }
}
