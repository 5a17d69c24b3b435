import { newId } from '@promptory/db';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import {
  callersOf,
  codeOf,
  deliverMail,
  finishDeletions,
  givenApi,
  givenApiKey,
  givenGroup,
  givenPerson,
  givenPrompt,
  PASSWORD,
  type Person,
} from '../../../../test/index.ts';
import { writeUsage } from '../../../domain/usage/write-usage.ts';

const { db, services, cast, as } = await givenApi({ max: 10 });
const { carol, mallory } = cast;

/** How many rows of each table say anything of a person, as a text of all that is in them. */
async function tracesOf({ id, email, handle }: Person): Promise<Record<string, number>> {
  const { rows: tables } = await sql<{ name: string }>`
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname NOT IN ('changes', 'kysely_migration', 'kysely_migration_lock') ORDER BY 1`.execute(db);
  const found: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ rows: number }>`
      SELECT count(*)::integer AS rows FROM ${sql.table(name)} AS each
      WHERE each::text LIKE ANY (${[id, email, handle].map((text) => `%${text}%`)}::text[])`.execute(db);
    if (rows[0]?.rows !== 0) found[name] = rows[0]?.rows ?? Number.NaN;
  }
  return found;
}

/** A person of whom every table that may has a row. */
async function givenTraces(): Promise<Person> {
  const leaver = await givenPerson(services, { handle: 'everywhere', role: 'admin' });
  const [own, hash] = [sql`${leaver.id}::uuid`, sql`sha256(${newId()}::text::bytea)`];
  const { id: promptId } = await givenPrompt(services, mallory, 'Marked', { visibility: 'public' });
  const groupId = await givenGroup(services, { owner: carol, editors: [leaver] });
  await as(leaver).favorites.add({ promptId });
  await as(leaver).preferences.update({ theme: 'dark' });
  await givenApiKey(db, leaver, { now: services.clock.now() });
  for (const statement of [
    sql`UPDATE users SET avatar_url = 'https://example.com/everywhere.png' WHERE id = ${own}`,
    sql`UPDATE account_resources SET quotas = '{"prompts": 5}' WHERE user_id = ${own}`,
    sql`INSERT INTO user_totp (user_id, sealed_key, started_at) VALUES (${own}, decode(repeat('00', 32), 'hex'), now())`,
    sql`INSERT INTO recovery_codes (id, user_id, sealed_hash, created_at)
      VALUES (${newId()}, ${own}, decode(repeat('00', 32), 'hex'), now())`,
    sql`INSERT INTO email_tokens (id, user_id, purpose, email, token_hash, created_at, expires_at)
      VALUES (${newId()}, ${own}, 'reset_password', ${leaver.email}, ${hash}, now(), now())`,
    sql`INSERT INTO group_invitations (id, group_id, email, role, invited_by)
      VALUES (${newId()}, ${groupId}, 'sent@example.com', 'viewer', ${own})`,
    sql`INSERT INTO group_invitations (id, group_id, email, role, invited_by)
      VALUES (${newId()}, ${groupId}, ${leaver.email}, 'viewer', ${carol.id})`,
    sql`INSERT INTO group_invitations (id, group_id, email, role, invited_by, answer, answered_at)
      VALUES (${newId()}, ${groupId}, 'answered@example.com', 'viewer', ${own}, 'accepted', now())`,
    sql`INSERT INTO prompt_aliases (user_id, alias, prompt_id, created_at) VALUES (${own}, 'an-alias', ${promptId}, now())`,
    sql`INSERT INTO idempotency_keys (key_hash, sealed_answer, created_at, user_id)
      VALUES (${hash}, decode(repeat('00', 28), 'hex'), now(), ${own})`,
    sql`INSERT INTO running_imports (id, user_id, seen_at) VALUES (${newId()}, ${own}, now())`,
    sql`INSERT INTO auth_attempts (id, kind, succeeded, user_id, email, occurred_at)
      VALUES (${newId()}, 'login', true, ${own}, ${leaver.email}, now())`,
    sql`INSERT INTO usage_events (id, occurred_at, prompt_id, version, user_id, kind, consumer)
      VALUES (${newId()}, now(), ${promptId}, 1, ${own}, 'read', 'web')`,
  ]) {
    await statement.execute(db);
  }
  return leaver;
}

it('leaves no trace in any table but its row, what it counts, and what the audit log has of it', async () => {
  const leaver = await givenTraces();
  const before = await tracesOf(leaver);
  expect(Object.keys(before)).toEqual([
    ...[
      'account_resources',
      'api_keys',
      'audit_log',
      'auth_attempts',
      'email_tokens',
      'favorites',
      'group_invitations',
    ],
    ...['group_members', 'idempotency_keys', 'prompt_aliases', 'recovery_codes', 'running_imports', 'sessions'],
    ...['usage_events', 'user_passwords', 'user_totp', 'users'],
  ]);
  expect(before.group_invitations).toBe(3);
  await as(leaver).me.delete({ currentPassword: PASSWORD });
  // By which one signs in or acts is gone at once, and the rest by a job.
  const atOnce = Object.keys(await tracesOf(leaver));
  for (const table of ['email_tokens', 'recovery_codes', 'sessions', 'user_passwords', 'user_totp']) {
    expect(atOnce).not.toContain(table);
  }
  await finishDeletions(services);
  const { audit_log: _, ...left } = await tracesOf(leaver);
  // An invitation that was answered is history of its group, until it is a month old.
  expect(left).toEqual({ account_resources: 1, group_invitations: 1, users: 1 });
  const row = db.selectFrom('users').innerJoin('account_resources', 'user_id', 'id').where('id', '=', leaver.id);
  expect(await row.select(['name', 'avatar_url', 'preferences', 'role', 'status', 'quotas']).execute()).toEqual([
    {
      ...{ name: 'Deleted account', avatar_url: null, preferences: {}, role: 'user', status: 'suspended', quotas: {} },
    },
  ]);
  const uses = await sql<{ uses: number }>`
    SELECT count(*)::integer AS uses FROM usage_events WHERE user_id IS NULL`.execute(db);
  expect(uses.rows).toEqual([{ uses: 1 }]);
});

it('leaves no trace of what was under way as it went, and is written only then', async () => {
  const leaver = await givenPerson(services);
  const { id: promptId } = await givenPrompt(services, mallory, 'Used', { visibility: 'public' });
  const use = { promptId, version: 1, userId: leaver.id, apiKeyId: null, kind: 'read', consumer: 'web' } as const;
  const deleted = Promise.withResolvers<void>();
  async function* file() {
    // More rows than a batch has, and more than is read at once.
    yield Buffer.from(`title,content\n${'Same,same\n'.repeat(501)}Last,${'x'.repeat(65_536)}`);
    await deleted.promise;
    yield Buffer.from('last\n');
  }
  const events = await as(leaver).transfer.import({ source: { type: 'text/csv', body: file() } });
  const written: string[] = [];
  const imported = codeOf(
    (async () => {
      for await (const event of events) {
        if (event.type === 'row') written.push(event.outcome);
        if (written.length < 500) continue;
        if (written.length === 500 && event.type === 'row') {
          await as(leaver).me.delete({ currentPassword: PASSWORD });
          await finishDeletions(services);
          deleted.resolve();
        }
      }
    })(),
  );
  expect(await imported).toBe('auth.invalid_token');
  await writeUsage(db, [{ ...use, occurredAt: services.clock.now() }]);
  const { audit_log: _, ...left } = await tracesOf(leaver);
  expect(left).toEqual({ account_resources: 1, users: 1 });
  // The import says what it had done, and from where.
  const known = db
    .selectFrom('audit_log')
    .select('action')
    .where('actor_id', '=', leaver.id)
    .where('ip', 'is not', null);
  expect(await known.execute()).toEqual([{ action: 'prompt.imported' }]);
  await finishDeletions(services, 'later');
  expect(await known.execute()).toEqual([]);
  expect(await db.selectFrom('prompts').select('id').where('user_id', '=', leaver.id).execute()).toEqual([]);
});

it('writes to no address that nobody has proved, and takes the cookie of a browser back', async () => {
  const leaver = await givenPerson(services, { verified: false });
  await deliverMail(services);
  let cleared = 0;
  const cookie = {
    refreshToken: 'of the browser',
    obstacle: () => null,
    set: () => undefined,
    clear: () => {
      cleared += 1;
    },
  };
  await callersOf(services).as(leaver.principal, { cookie }).me.delete({ currentPassword: PASSWORD });
  expect(cleared).toBe(1);
  expect(await deliverMail(services)).toEqual([]);
  await finishDeletions(services);
});
