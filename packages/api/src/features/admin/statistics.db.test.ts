import { insertAttempt } from '@promptory/auth';
import { measuredQueries } from '@promptory/db/testing';
import { describe, expect, it } from 'vitest';
import { givenApi, givenPerson, givenPrompt, givenSession } from '../../../test/index.ts';
import { addEvents, type ServerCount } from '../../domain/statistics/add-events.ts';
import { countStatistics } from '../../domain/statistics/count-statistics.ts';
import { quarterOf } from '../../domain/statistics/counted-events.ts';
import { getStatistics } from './statistics.queries.ts';

const { db, pool, services, as, cast } = await givenApi();
const { clock } = services;
const [MINUTE, HOUR] = [60_000, 3_600_000];
const noBackups = { madeAt: null, storedAt: null };

const shown = () => as(cast.root).admin.stats.get({});
const count = (backups: Parameters<typeof countStatistics>[2] = noBackups) => countStatistics(db, clock.now(), backups);
const ago = (milliseconds: number): Date => new Date(clock.now().getTime() - milliseconds);
const counted = (kind: ServerCount['kind'], detail: string, amount: number, since: Date): ServerCount => ({
  kind,
  detail,
  amount,
  since: quarterOf(since),
});

describe('statistics', () => {
  it('say nothing of what there is until it was counted, and then just what there is', async () => {
    const before = await shown();
    expect(before).toMatchObject({ totals: null, backup: null, migration: expect.stringMatching(/^2\d{7}T\d{6}_/) });
    await count();
    const { totals: bare } = await shown();
    const ann = await givenPerson(services);
    const prompt = await givenPrompt(services, ann, 'Kept');
    const trashed = await givenPrompt(services, ann, 'Thrown away');
    await as(ann).prompts.update({ id: prompt.id, content: 'Another' });
    await as(ann).prompts.delete({ id: trashed.id });
    await as(ann).groups.create({ name: 'Team' });
    await as(ann).apiKeys.create({ name: 'CI', scopes: ['prompts:read'] });
    await givenSession(services, ann);
    await pool.query('UPDATE sessions SET idle_expires_at = created_at WHERE user_id = $1', [cast.bob.id]);
    const gone = await givenPerson(services);
    await as(cast.root).admin.users.update({ id: gone.id, status: 'suspended' });
    expect((await shown()).totals).toEqual(bare);
    clock.advance(5 * MINUTE);
    await count();
    const { totals } = await shown();
    expect(totals?.takenAt).toBe(clock.now().toISOString());
    expect({ ...totals, takenAt: null, storedBytes: null, queue: null }).toEqual({
      ...{ takenAt: null, storedBytes: null, queue: null },
      users: { active: (bare?.users.active ?? 0) + 1, suspended: 1, administrators: 1 },
      prompts: { live: 1, trash: 1 },
      versions: 3,
      groups: 1,
      apiKeys: 1,
      sessions: (bare?.sessions ?? 0) + 1,
    });
    const { rows } = await pool.query('SELECT sum(stored_bytes)::int AS bytes FROM prompts');
    expect(totals?.storedBytes).toBe(rows[0].bytes);
  });

  it('compare the last day with the day before, by the reasons of what failed', async () => {
    const { lastDay: earlier } = await shown();
    const attempt = { kind: 'login', ip: null, userAgent: null } as const;
    const at = async (now: Date, reason?: string) =>
      insertAttempt(db, {
        ...attempt,
        ...(reason === undefined ? { succeeded: true } : { succeeded: false, reason }),
        now,
      });
    for (const reason of [undefined, undefined, 'wrong_password', 'unknown_address', 'wrong_password']) {
      await at(ago(23 * HOUR), reason);
    }
    await at(ago(25 * HOUR));
    await at(ago(25 * HOUR), 'wrong_password');
    await at(ago(49 * HOUR), 'wrong_password');
    await pool.query("UPDATE daily_statistics SET taken_at = taken_at - interval '4 days'");
    await count();
    await count();
    const { lastDay, dayBefore } = await shown();
    expect(lastDay).toMatchObject({ signIns: 2, signInFailures: { wrong_password: 2, unknown_address: 1 } });
    expect(dayBefore).toMatchObject({ signIns: 1, signInFailures: { wrong_password: 1 } });
    expect([lastDay.until, lastDay.since]).toEqual([clock.now().toISOString(), dayBefore.until]);
    expect(Date.parse(dayBefore.until) - Date.parse(dayBefore.since)).toBe(24 * HOUR);
    expect(earlier.signIns).toBe(0);
    const { rows } = await pool.query('SELECT count(*)::int AS users FROM users');
    expect(lastDay).toMatchObject({ registrations: rows[0].users, promptsCreated: 2, versionsCreated: 3 });
  });

  it('count what moves, and what servers have counted, whichever of them did', async () => {
    const { id } = await givenPrompt(services, cast.alice, 'Moved');
    await as(cast.alice).labels.move({ id, label: 'production', version: 1 });
    const now = clock.now();
    await addEvents(db, [counted('used', 'render', 3, now), counted('limit_refused', 'login', 1, ago(30 * HOUR))]);
    await addEvents(db, [
      counted('used', 'render', 4, now),
      counted('used', 'resolve', 1, now),
      counted('mail_sent', '', 2, now),
      counted('mail_failed', '', 1, now),
      counted('job_failed', 'send_mail', 1, now),
    ]);
    await count();
    const { lastDay, dayBefore } = await shown();
    expect(lastDay).toMatchObject({
      ...{ labelMoves: 1, uses: { render: 7, resolve: 1 }, mailsSent: 2, mailsFailed: 1 },
      ...{ jobFailures: { send_mail: 1 }, limitRefusals: {} },
    });
    expect(dayBefore).toMatchObject({ uses: {}, limitRefusals: { login: 1 } });
  });

  it('know the newest backup that any server has known, and how old it is', async () => {
    await count({ madeAt: ago(2 * HOUR), storedAt: null });
    await count(noBackups);
    expect((await shown()).backup).toEqual({ madeAt: ago(2 * HOUR).toISOString(), ageSeconds: 7_200, storedAt: null });
    await count({ madeAt: ago(3 * HOUR), storedAt: ago(HOUR) });
    clock.advance(24 * HOUR);
    await count(noBackups);
    expect((await shown()).backup).toMatchObject({ ageSeconds: 26 * 3_600, storedAt: ago(25 * HOUR).toISOString() });
  });

  it('are one statement, which looks at no more rows where there is a hundred times as much', async () => {
    await count();
    const measured = measuredQueries(pool);
    const cost = async () => {
      await getStatistics({ db: measured.db, clock });
      return measured.take();
    };
    const few = await cost();
    await pool.query(`INSERT INTO users (id, email, name, handle)
      SELECT gen_random_uuid(), 'many-' || n || '@example.com', 'Many', 'many-' || n FROM generate_series(1, 3000) AS n`);
    await pool.query(`INSERT INTO auth_attempts (id, kind, succeeded, occurred_at)
      SELECT gen_random_uuid(), 'login', true, now() FROM generate_series(1, 3000)`);
    await count();
    const many = await cost();
    expect(few.statements).toBe(1);
    expect(many.statements).toBe(1);
    expect(many.rows - few.rows).toBeLessThan(50);
    expect(many.pages - few.pages).toBeLessThan(20);
  });
});
