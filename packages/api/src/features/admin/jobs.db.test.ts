import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { codeOf, givenApi } from '../../../test/index.ts';

const { db, cast, as } = await givenApi();

const shown = (input: { limit?: number; cursor?: string } = {}) => as(cast.root).admin.jobs.list(input);

/** A job of the queue as the runner leaves it. */
async function givenJob(task: string, columns: ReturnType<typeof sql>): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    SELECT id::text FROM graphile_worker.add_job(${task}, '{"secret": "what the job is given"}', max_attempts => 3)`.execute(
    db,
  );
  const id = rows[0]?.id ?? '';
  await sql`UPDATE graphile_worker._private_jobs SET ${columns} WHERE id = ${id}`.execute(db);
  return id;
}

it('says of each job whether it waits, runs or failed, when it is tried next and what failed, and nothing of what it is given', async () => {
  const at = '2026-01-02T03:04:05.678Z';
  const ids = [
    await givenJob('send_mail', sql`run_at = ${at}, created_at = ${at}, attempts = 1, last_error = ${'x'.repeat(600)}`),
    await givenJob('tell_owners', sql`created_at = ${at}, attempts = 3, locked_at = ${at}, locked_by = 'somebody'`),
    await givenJob('make_backup', sql`created_at = ${at}, attempts = 3, last_error = 'The disk is full.'`),
  ];
  const { items } = await shown({ limit: 3 });
  const common = { maxAttempts: 3, createdAt: at, nextTryAt: null, startedAt: null, lastError: null };
  expect(items).toEqual([
    { ...common, id: ids[2], task: 'make_backup', state: 'failed', attempts: 3, lastError: 'The disk is full.' },
    { ...common, id: ids[1], task: 'tell_owners', state: 'running', attempts: 3, startedAt: at },
    {
      ...common,
      ...{ id: ids[0], task: 'send_mail', state: 'waiting', attempts: 1, nextTryAt: at, lastError: 'x'.repeat(500) },
    },
  ]);
  expect(JSON.stringify(await shown())).not.toContain('what the job is given');
});

it('says when the server last did what it does by itself', async () => {
  const at = '2026-01-02T03:07:00.000Z';
  await sql`INSERT INTO graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
    VALUES ('purge_trash', ${at}, ${at}), ('make_backup', ${at}, NULL)`.execute(db);
  expect((await shown()).scheduled).toEqual([
    { task: 'make_backup', lastRunAt: null },
    { task: 'purge_trash', lastRunAt: at },
  ]);
});

it('is for administrators alone', async () => {
  expect(await codeOf(as(cast.alice).admin.jobs.list({}))).toBe('auth.forbidden');
});
