import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { emailTokenRow, givenPerson, givenPrompt, newSession } from '@promptory/api/testing';
import { newId } from '@promptory/db';
import { bytea, insertRows } from '@promptory/db/testing';
import { type ParsedCronItem, parseCrontab } from 'graphile-worker';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openBackups } from '../../src/jobs/backups.ts';
import { CRONTAB, tasksOf } from '../../src/jobs/tasks.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { givenApp } from '../harness/boot.ts';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

const app = await givenApp({ log: true });
const { db, clock } = app.services;
const { pool } = app.database;
const ensurePartitions = () => pool.query('SELECT public.ensure_usage_partitions()');
const tasks = tasksOf({ services: app.services, ensurePartitions });

/** Runs a task as the queue does, at a time of the manual clock. */
async function run(name: string): Promise<void> {
  await tasks[name]?.({}, undefined as never);
}
const ago = (milliseconds: number): Date => new Date(clock.now().getTime() - milliseconds);
const countOf = async (table: string, where: string, ...values: unknown[]): Promise<number> =>
  (await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE ${where}`, values)).rows[0]?.n ?? -1;
const said = (words: string): boolean => app.logged.some((line) => line.includes(words));

describe('the jobs of each night', () => {
  it('purge what was more than 30 days in the trash, and nothing that was there a moment less, or is in use', async () => {
    const alice = await givenPerson(app.services);
    const kept = await givenPrompt(app.services, alice, 'In use');
    const [young, old] = [
      await givenPrompt(app.services, alice, 'Thrown away lately'),
      await givenPrompt(app.services, alice, 'Thrown away'),
    ];
    // The application may set no such time.
    const throwAway = (id: string, deleted_at: Date) =>
      app.database.db.updateTable('prompts').set({ deleted_at }).where('id', '=', id).execute();
    await throwAway(young.id, ago(30 * DAY));
    await throwAway(old.id, ago(30 * DAY + 1));
    await run('purge_trash');
    expect(await countOf('prompts', 'id = $1', old.id)).toBe(0);
    expect(await countOf('prompt_versions', 'prompt_id = $1', old.id)).toBe(0);
    expect(await countOf('prompts', 'id = $1', young.id)).toBe(1);
    expect(await countOf('prompts', 'id = $1', kept.id)).toBe(1);
    expect(said('"purged":1')).toBe(true);
  });

  it('delete sessions, links and attempts that have expired, and none that have not', async () => {
    const bob = await givenPerson(app.services);
    const at = (milliseconds: number) => ({
      idle_expires_at: ago(milliseconds),
      absolute_expires_at: ago(milliseconds),
    });
    const session = () => newSession(bob, clock.now()).row;
    const link = () => emailTokenRow(bob, { purpose: 'reset_password', token: newId(), now: clock.now() });
    const attempt = (occurred_at: Date) => ({
      id: newId(),
      kind: 'login',
      succeeded: true,
      user_id: bob.id,
      occurred_at,
    });
    const [live, dead] = [
      { ...session(), ...at(-1) },
      { ...session(), ...at(0) },
    ];
    const [open, closed] = [
      { ...link(), expires_at: ago(-1) },
      { ...link(), expires_at: ago(0) },
    ];
    const [recent, old] = [attempt(ago(90 * DAY)), attempt(ago(90 * DAY + 1))];
    await insertRows(db, { sessions: [live, dead], email_tokens: [open, closed], auth_attempts: [recent, old] });
    await run('delete_expired');
    for (const [table, left, gone] of [
      ['sessions', live, dead],
      ['email_tokens', open, closed],
      ['auth_attempts', recent, old],
    ] as const) {
      expect([table, await countOf(table, 'id = $1', left.id)]).toEqual([table, 1]);
      expect([table, await countOf(table, 'id = $1', gone.id)]).toEqual([table, 0]);
    }
  });

  it('make a backup where a folder is set for them, which says when it was made, and none elsewhere', async () => {
    const root = await mkdtemp(join(tmpdir(), 'promptory-nightly-'));
    onTestFinished(() => rm(root, { recursive: true }));
    await run('make_backup');
    expect(said('a backup was made')).toBe(false);
    const backups = openBackups(
      { folder: join(root, 'of/each/night'), rotation: { days: 1, least: 1 }, recipients: [] },
      { connectionString: app.database.applicationConnectionString, clock, log: app.services.log },
    );
    const metrics = createMetrics({ newestBackup: backups.newestMadeAt });
    expect(await metrics.text()).toContain('promptory_backup_newest_timestamp_seconds 0\n');
    const old = join(root, 'of/each/night/promptory-20200101T000000Z.zip');
    await mkdir(dirname(old), { recursive: true });
    await writeFile(old, '');
    const night = tasksOf({ services: app.services, ensurePartitions, backups });
    await night.make_backup?.({}, undefined as never);
    expect(said('a backup was made')).toBe(true);
    const seconds = Math.floor(clock.now().getTime() / 1_000);
    expect(await metrics.text()).toContain(`promptory_backup_newest_timestamp_seconds ${seconds}\n`);
    expect(await readdir(dirname(old))).toHaveLength(1);
  });

  it('make the partitions of this month and the next two, and leave those that are there', async () => {
    const months = () => countOf('pg_class', String.raw`relname ~ '^usage_events_\d{6}$' AND relkind = 'r'`);
    const before = await months();
    await pool.query(
      `DO $$ BEGIN EXECUTE format('DROP TABLE public.usage_events_%s', to_char(now() AT TIME ZONE 'UTC' + interval '1 month', 'YYYYMM')); END $$`,
    );
    expect(await months()).toBe(before - 1);
    await run('ensure_usage_partitions');
    expect(await months()).toBe(before);
    await run('ensure_usage_partitions');
    expect(await months()).toBe(before);
  });

  it('delete answers of creating calls a day after they were given', async () => {
    const answer = (created_at: Date) => ({
      key_hash: bytea(Buffer.from(newId().replaceAll('-', ''))),
      sealed_answer: bytea(Buffer.alloc(28)),
      created_at,
    });
    await insertRows(db, { idempotency_keys: [answer(ago(DAY - MINUTE)), answer(ago(DAY + MINUTE))] });
    await run('delete_old_answers');
    expect(await countOf('idempotency_keys', 'true')).toBe(1);
    clock.advance(HOUR);
    await run('delete_old_answers');
    expect(await countOf('idempotency_keys', 'true')).toBe(0);
  });

  it('store the words that a release without them has not stored within a day', async () => {
    const dora = await givenPerson(app.services);
    const [late, early] = [
      await givenPrompt(app.services, dora, 'Late'),
      await givenPrompt(app.services, dora, 'Early'),
    ];
    for (const [{ id }, updated_at] of [
      [late, ago(DAY - MINUTE)],
      [early, ago(DAY + MINUTE)],
    ] as const)
      await app.database.db.updateTable('prompts').set({ updated_at }).where('id', '=', id).execute();
    await pool.query('DELETE FROM prompt_words WHERE prompt_id = ANY ($1)', [[late.id, early.id]]);
    await run('store_missed_words');
    expect(await countOf('prompt_words', 'prompt_id = $1', late.id)).toBe(1);
    expect(await countOf('prompt_words', 'prompt_id = $1', early.id)).toBe(0);
  });

  it('forget all that was told of changes more than an hour ago, and nothing later', async () => {
    await pool.query('DELETE FROM changes');
    await pool.query(`INSERT INTO changes (topics, written_at)
      SELECT ARRAY['old'], now() - interval '61 minutes' FROM generate_series(1, 10001)`);
    await pool.query(`INSERT INTO changes (topics, written_at) VALUES (ARRAY['young'], now() - interval '59 minutes')`);
    await run('forget_changes');
    expect([await countOf('changes', `topics = '{old}'`), await countOf('changes', `topics = '{young}'`)]).toEqual([
      0, 1,
    ]);
    expect(said('"changes":10001')).toBe(true);
  });

  it('say which second factors nobody can read any more', async () => {
    const carol = await givenPerson(app.services);
    const factor = { user_id: carol.id, sealed_key: bytea(Buffer.alloc(64)), started_at: clock.now() };
    await insertRows(db, { user_totp: [factor] });
    await run('reseal_second_factors');
    expect(said('"unreadable":1')).toBe(true);
  });
});

describe('the times of jobs', () => {
  const items = parseCrontab(CRONTAB);
  const times = Array.from({ length: 24 * 60 }, (_, minute) => ({ hour: Math.floor(minute / 60), min: minute % 60 }));
  const dueIn = ({ match }: ParsedCronItem, date: number) =>
    times.filter((time) => typeof match === 'function' && match({ ...time, date, month: 6, dow: date % 7 }));

  /** How often in a day; once unless it is named here. */
  const timesADay: Readonly<Record<string, number>> = {
    ...{ delete_old_answers: 24, reseal_second_factors: 24, forget_changes: 24 },
    ...{ store_missed_words: 288, count_statistics: 288, add_up_name_counts: 1_440 },
  };

  it('do what each night may take long one after the other, so that it never has all places of a runner', () => {
    const nightly = items.filter(({ task }) => timesADay[task] === undefined && task !== 'ensure_usage_partitions');
    expect(nightly.length).toBeGreaterThan(3);
    expect(nightly.map(({ task, options }) => [task, options.queueName])).toEqual(
      nightly.map(({ task }) => [task, 'nightly']),
    );
  });

  it.each(items.map((item) => [item.task, item] as const))(
    '%s is due each day, as often as it should be',
    (_, item) => {
      const often = timesADay[item.task];
      for (const day of [1, 15, 30]) expect(dueIn(item, day)).toHaveLength(often ?? 1);
      // A day's job is made up for by a server that starts within half a day; what is due more often comes again soon enough.
      expect(item.options.backfillPeriod).toBe(often === undefined ? 12 * HOUR : 0);
    },
  );

  it('are no two at the same minute, of those that are not due every few', () => {
    const minutesOf = (often: number): (number | undefined)[] =>
      items.filter(({ task }) => (timesADay[task] ?? 1) === often).map((item) => dueIn(item, 1)[0]?.min);
    const [daily, hourly] = [minutesOf(1), minutesOf(24)];
    expect([daily.length, hourly.length]).toEqual([7, 3]);
    expect(new Set(hourly).size).toBe(hourly.length);
    expect(daily.filter((minute) => hourly.includes(minute))).toEqual([]);
  });
});
