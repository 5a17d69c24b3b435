import { defaultQuotas, type Quotas } from '@promptory/api/server';
import { givenPerson, givenPrompt, type Person } from '@promptory/api/testing';
import { newId } from '@promptory/db';
import { describe, expect, it } from 'vitest';
import { CRONTAB, tasksOf } from '../../src/jobs/tasks.ts';
import { givenApp } from '../harness/boot.ts';

// No table grows for ever: each says here what bounds it, and what a job bounds is shown by running the jobs.

const { database, services } = await givenApp();

const DAY_MS = 24 * 60 * 60 * 1_000;

/** A row that became old by so many days of a table's time, for an account and a prompt of it. */
type Aged = (days: number, of: { owner: Person; promptId: string }) => Promise<unknown>;

type Bound =
  /** Quotas that are counted where rows are added; `quotas.security.test.ts` shows each at its limit. */
  | { readonly quotas: readonly (keyof Quotas)[] }
  /** Removed by a job once it is older than `days`. */
  | { readonly days: number; readonly aged: Aged; readonly besides?: string }
  /** So many for each of something that is bounded itself. */
  | { readonly each: string };

const ago = (days: number): Date => new Date(services.clock.now().getTime() - days * DAY_MS);
/** A statement, whose values are its parameters. */
const run = (parts: TemplateStringsArray, ...values: readonly unknown[]): Promise<unknown> =>
  database.pool.query(
    parts.reduce((text, part, at) => `${text}$${at}${part}`),
    [...values],
  );
const bytes = (): Buffer => Buffer.from(newId());

const bounds: Readonly<Record<string, Bound>> = {
  'public.users': { each: 'registration, which RATE_LIMIT_REGISTER and REGISTRATION limit' },
  'public.user_passwords': { each: 'account: one' },
  'public.user_totp': { each: 'account: one' },
  'public.recovery_codes': { each: 'account: ten' },
  'public.account_resources': { each: 'account: one' },
  'public.prompts': { quotas: ['prompts', 'storedBytes'] },
  'public.prompt_versions': { quotas: ['versions', 'versionsPerPrompt', 'storedBytes'] },
  'public.prompt_aliases': { each: 'prompt: twenty' },
  'public.prompt_labels': { quotas: ['labelsPerPrompt'] },
  'public.prompt_includes': { each: 'version: as many as its text names, whose length is bounded' },
  'public.prompt_signatures': { each: 'version: one' },
  'public.label_moves': { quotas: ['labelMovesPerPrompt'] },
  'public.tags': { each: 'prompt: twenty' },
  'public.prompt_totals': { each: 'prompt: one' },
  'public.name_counts': { each: 'name of a prompt: two' },
  'public.name_count_changes': {
    each: 'changed name of a prompt: two, until a job that runs each minute adds them up',
  },
  'public.prompt_words': { each: 'prompt: one' },
  'public.favorites': { quotas: ['favorites'] },
  'public.groups': { quotas: ['groups'] },
  'public.group_members': { quotas: ['membersPerGroup'] },
  'public.group_prompts': { each: 'group: MAX_GROUP_PROMPTS' },
  'public.group_invitations': {
    // Open ones have quotas besides: invitations, invitationsPerAddress. They can be answered for thirty days.
    days: 60,
    aged: async (days, { owner }) => {
      const groupId = newId();
      await run`INSERT INTO groups (id, name, user_id) VALUES (${groupId}, 'Group', ${owner.id})`;
      await run`INSERT INTO group_invitations (id, group_id, email, role, invited_by, created_at, expires_at)
        VALUES (${newId()}, ${groupId}, 'old@example.com', 'viewer', ${owner.id}, ${ago(days)}, ${ago(days - 30)})`;
    },
    besides: 'the limit of mails of its sender',
  },
  'public.running_imports': {
    days: 1,
    aged: (days, { owner }) =>
      run`INSERT INTO running_imports (id, user_id, seen_at) VALUES (${newId()}, ${owner.id}, ${ago(days * 0.001)})`,
    besides: 'the quota importsAtOnce',
  },
  'public.api_keys': {
    days: 90,
    aged: (days, { owner }) =>
      run`INSERT INTO api_keys (id, user_id, name, hint, key_hash, scopes, revoked_at)
        VALUES (${newId()}, ${owner.id}, 'Key', 'pty_live_abcd…wxyz', sha256(${bytes()}), '{prompts:read}', ${ago(days)})`,
    besides: 'the quota apiKeys, and a hundred that are revoked',
  },
  'public.sessions': {
    days: 14,
    aged: (days, { owner }) =>
      run`INSERT INTO sessions (id, user_id, secret_hash, refresh_hash, carrier, created_at, last_used_at,
          idle_expires_at, absolute_expires_at)
        VALUES (${newId()}, ${owner.id}, sha256(${bytes()}), sha256(${bytes()}), 'token', ${ago(days)}, ${ago(days)},
          ${ago(days - 14)}, ${ago(days - 30)})`,
    besides: 'the quota sessions',
  },
  'public.email_tokens': {
    days: 1,
    aged: (days, { owner }) =>
      run`INSERT INTO email_tokens (id, user_id, purpose, email, token_hash, created_at, expires_at)
        VALUES (${newId()}, ${owner.id}, 'verify_email', ${owner.email}, sha256(${bytes()}), ${ago(days)}, ${ago(days - 1)})`,
    besides: 'one of each purpose for an account',
  },
  'public.auth_attempts': {
    days: 90,
    aged: (days) =>
      run`INSERT INTO auth_attempts (id, kind, succeeded, occurred_at) VALUES (${newId()}, 'login', true, ${ago(days)})`,
    besides: 'the limits of attempts, of which the first that is refused leaves a row',
  },
  'public.idempotency_keys': {
    days: 1,
    aged: (days, { owner }) =>
      run`INSERT INTO idempotency_keys (key_hash, sealed_answer, created_at, user_id)
        VALUES (sha256(${bytes()}), decode(repeat('00', 64), 'hex'), ${ago(days)}, ${owner.id})`,
    besides: 'a thousand for an account, of sixteen mebibytes together',
  },
  'public.usage_events': {
    days: 400,
    aged: (days, { owner, promptId }) =>
      run`INSERT INTO usage_events (id, occurred_at, prompt_id, version, user_id, kind, consumer)
        VALUES (${newId()}, ${ago(days)}, ${promptId}, 1, ${owner.id}, 'read', 'web')`,
    besides: 'the limits of calls',
  },
  'public.usage_daily': {
    days: 400,
    aged: (days, { promptId }) =>
      run`INSERT INTO usage_daily (prompt_id, day, version, consumer, uses)
        VALUES (${promptId}, ${ago(days).toISOString().slice(0, 10)}::date, 1, 'web', 1)`,
    besides: 'the limits of calls',
  },
  'public.version_uses': {
    days: 400,
    aged: (days, { promptId }) =>
      run`INSERT INTO version_uses (prompt_id, version, consumer, uses, first_used_at, last_used_at)
        VALUES (${promptId}, 1, ${`aged ${days}`}, 1, ${ago(days)}, ${ago(days)})`,
    besides: 'the limits of calls',
  },
  'public.audit_log': {
    days: 730,
    aged: (days) =>
      run`INSERT INTO audit_log (id, occurred_at, action, target_type) VALUES (${newId()}, ${ago(days)}, 'test.aged', 'user')`,
    besides: 'AUDIT_ENTRIES_A_DAY for an account, beyond which entries count; those of security, the limits of calls',
  },
  'public.changes': {
    days: 1 / 24,
    aged: (days) => run`INSERT INTO changes (topics, written_at) VALUES ('{prompt:1}', ${ago(days)})`,
    besides: 'what the others of this list bound: some rows for each statement that changes them',
  },
  'public.counted_events': {
    days: 8,
    aged: (days) =>
      run`INSERT INTO counted_events (since, kind, detail, amount) VALUES (${ago(days)}, 'used', 'read', 1)`,
    besides: 'the kinds of events, reasons and limits that there are',
  },
  'public.daily_statistics': {
    days: 730,
    aged: (days) =>
      run`INSERT INTO daily_statistics (day, taken_at, totals) VALUES (${ago(days).toISOString().slice(0, 10)}::date, ${ago(days)}, '{}')`,
    besides: 'one for each day',
  },
  'graphile_worker._private_jobs': {
    days: 30,
    aged: async (days) => {
      await run`SELECT graphile_worker.add_job('aged', max_attempts => 1)`;
      await run`UPDATE graphile_worker._private_jobs SET attempts = max_attempts, updated_at = ${ago(days)} WHERE attempts = 0`;
    },
    besides: 'the limits of mails; one that succeeds is removed at once',
  },
  'graphile_worker._private_job_queues': { each: 'named queue, of which there is none' },
  'graphile_worker._private_known_crontabs': { each: 'line of CRONTAB' },
  'graphile_worker._private_tasks': { each: 'kind of job' },
  'graphile_worker.migrations': { each: 'migration of the queue' },
  'public.kysely_migration': { each: 'migration' },
  'public.kysely_migration_lock': { each: 'database: one' },
};

const rowsOf = async (table: string): Promise<number> => {
  const { rows } = await database.pool.query<{ rows: number }>(`SELECT count(*)::integer AS rows FROM ${table}`);
  return rows[0]?.rows ?? -1;
};

/** Every task of the crontab once, by the manual clock, which begins at the time of now. */
async function runJobs(): Promise<void> {
  const tasks = tasksOf({
    services: { ...services, mailer: { send: async () => undefined } },
    ensurePartitions: async () => undefined,
  });
  for (const [, task] of CRONTAB.matchAll(/^(?:\S+ ){5}(\w+)/gm)) {
    await tasks[task ?? '']?.({}, undefined as never);
  }
}

describe('a table', () => {
  it('has a bound that is written here, whichever it is', async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT nspname || '.' || relname AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
       WHERE nspname IN ('public', 'graphile_worker') AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`,
    );
    expect(Object.keys(bounds).toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
  });

  it.each(Object.entries(bounds).flatMap(([table, bound]) => ('days' in bound ? [[table, bound] as const] : [])))(
    '%s loses what is old, and keeps what is not',
    async (table, { days, aged }) => {
      const owner = await givenPerson(services);
      const of = { owner, promptId: (await givenPrompt(services, owner, 'Aged')).id };
      await runJobs();
      const before = await rowsOf(table);
      await aged(days + 1, of);
      expect(await rowsOf(table)).toBeGreaterThan(before);
      await runJobs();
      expect(await rowsOf(table)).toBe(before);
      await aged(days / 2, of);
      await runJobs();
      expect(await rowsOf(table)).toBe(before + 1);
    },
  );
});

it('has a quota for what quotas are said to bound, and every quota bounds a table', () => {
  const said = Object.values(bounds).flatMap((bound) => ('quotas' in bound ? bound.quotas : []));
  const besides = ['invitations', 'invitationsPerAddress', 'importsAtOnce', 'apiKeys', 'sessions'];
  expect([...new Set([...said, ...besides])].toSorted()).toEqual(Object.keys(defaultQuotas).toSorted());
});
