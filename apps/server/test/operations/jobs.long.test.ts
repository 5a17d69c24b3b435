import { setTimeout as sleep } from 'node:timers/promises';
import { DELETION_TASK, INVITATIONS_TASK, MAIL_TASK, OWNERS_TASK } from '@promptory/api/server';
import { givenPerson, PASSWORD } from '@promptory/api/testing';
import { parseCrontab, type TaskList } from 'graphile-worker';
import { afterEach, describe, expect, it } from 'vitest';
import { deadRunnerLook, nameSession } from '../../src/jobs/dead-runners.ts';
import { type Jobs, runJobs } from '../../src/jobs/run-jobs.ts';
import { CRONTAB, tasksOf } from '../../src/jobs/tasks.ts';
import { type ClosableMailer, smtpMailer } from '../../src/services/mailer.ts';
import { type BootedApp, bootApp } from '../harness/boot.ts';
import { catchMail, type MailCatcher } from '../harness/mail-catcher.ts';

const closing: Array<() => Promise<unknown> | unknown> = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A mail server that is stopped after the test. */
async function smtp(options: Parameters<typeof catchMail>[0] = {}): Promise<MailCatcher> {
  const catcher = await catchMail(options);
  closing.push(() => catcher.close());
  return catcher;
}

/** Failures that nobody handles, each of which would end the process of a server. */
function listenForUnhandled(): unknown[] {
  const unhandled: unknown[] = [];
  const listener = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', listener);
  closing.push(() => process.off('unhandledRejection', listener));
  return unhandled;
}

interface WithJobs {
  readonly app: BootedApp;
  readonly jobs: Jobs;
  readonly mailer: ClosableMailer;
}

async function withJobs(
  port: number,
  crontab?: string,
  prepare = async (_: BootedApp) => {},
  measure: (tasks: TaskList) => TaskList = (tasks) => tasks,
): Promise<WithJobs> {
  const app = await bootApp();
  closing.push(() => app.close());
  await prepare(app);
  const mailer = await smtpMailer({ url: `smtp://127.0.0.1:${port}`, from: 'Promptory <no-reply@promptory.example>' });
  closing.push(() => mailer.close());
  const jobs = runJobs({
    connectionString: app.database.applicationConnectionString,
    services: { ...app.services, mailer },
    ...(crontab === undefined ? {} : { crontab }),
    measure,
    ensurePartitions: () => app.pool.query('SELECT public.ensure_usage_partitions()'),
  });
  closing.push(() => jobs.stop());
  return { app, jobs, mailer };
}

const forgot = (app: BootedApp, email: string) =>
  app.call({ method: 'POST', url: '/auth/forgot-password', payload: { email } });
const register = (app: BootedApp, email: string) =>
  app.call({
    method: 'POST',
    url: '/auth/register',
    payload: { email, password: 'a long enough passphrase', name: 'Ada' },
  });

async function until<T>(read: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  // A minute: it only ends what hangs, on a machine however busy.
  for (let i = 0; i < 1_200; i += 1) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    await sleep(50);
  }
  throw new Error('it did not happen in time');
}

describe('mail jobs', () => {
  it('send a mail by SMTP to the stored address, with a link of the public address', async () => {
    const { port, mails } = await smtp();
    const { app } = await withJobs(port);
    await register(app, 'ada@example.com');
    await forgot(app, 'ADA@example.com');
    const reset = await until(() => mails.find((mail) => mail.raw.includes('reset-password')));
    expect(reset.to).toEqual(['ada@example.com']);
    expect(reset.raw).toContain('From: Promptory <no-reply@promptory.example>');
    expect(reset.raw.replaceAll(/=\r?\n/g, '')).toContain('https://promptory.example/reset-password?token');
  });

  it('send nothing to an address that nobody has, and keep no secret in the queue', async () => {
    const { port, mails } = await smtp();
    const { app } = await withJobs(port);
    await forgot(app, 'nobody@example.com');
    await register(app, 'ada@example.com');
    await until(() => mails.length > 0);
    expect(mails.flatMap(({ to }) => to)).not.toContain('nobody@example.com');
    const { rows } = await app.database.pool.query('SELECT payload::text FROM graphile_worker._private_jobs');
    expect(JSON.stringify(rows)).not.toContain('token');
  });

  it('keep why a mail was refused, without the link that the mail server quotes', async () => {
    const { port, mails } = await smtp({
      reasonAgainst: (raw) => `Listed: ${/https:\S+/.exec(raw.replaceAll(/=\r\n|(?<==)3D/g, ''))?.[0]}`,
    });
    const { app } = await withJobs(port);
    await register(app, 'ada@example.com');
    const reason = await until(async () => {
      const { rows } = await app.database.pool.query<{ why: string | null }>(
        'SELECT last_error AS why FROM graphile_worker._private_jobs',
      );
      return rows[0]?.why ?? undefined;
    });
    expect(mails).toHaveLength(1);
    expect(reason).toContain('Listed: https://promptory.example/verify-email?token=[redacted]');
    expect(reason).not.toMatch(/token=[\w-]{20}/);
  });

  it('try again when the mail server is away, while the answer is the same', async () => {
    const { port } = await smtp();
    await closing.pop()?.();
    const { app } = await withJobs(port);
    const answer = await register(app, 'ada@example.com');
    expect(answer.statusCode).toBe(201);
    const failed = async (): Promise<boolean> => {
      const { rows } = await app.database.pool.query('SELECT attempts, last_error FROM graphile_worker._private_jobs');
      return rows.some((row: { last_error: string | null }) => row.last_error?.includes('ECONNREFUSED') === true);
    };
    await until(failed);
    const { mails } = await smtp({ port });
    await app.database.pool.query('UPDATE graphile_worker._private_jobs SET run_at = now()');
    await until(() => mails.length > 0);
    expect(mails[0]?.to).toEqual(['ada@example.com']);
  });
});

it('lets mails go out while accounts are deleted, however many at once and however much they had', async () => {
  const { port, mails } = await smtp();
  const held = Promise.withResolvers<void>();
  const deletions = { running: 0, most: 0, done: 0 };
  const accounts = 5;
  const hold = (tasks: TaskList): TaskList => ({
    ...tasks,
    async [DELETION_TASK](...given) {
      deletions.running += 1;
      deletions.most = Math.max(deletions.most, deletions.running);
      await held.promise;
      await tasks[DELETION_TASK]?.(...given);
      deletions.running -= 1;
      deletions.done += 1;
    },
  });
  const deleteMany = async ({ services, as, call }: BootedApp) => {
    for (let account = 0; account < accounts; account += 1) {
      const headers = await as.person(await givenPerson(services));
      const payload = { currentPassword: PASSWORD };
      expect((await call({ method: 'POST', url: '/users/me/deletion', headers, payload })).statusCode).toBe(204);
    }
  };
  const { app } = await withJobs(port, undefined, deleteMany, hold);
  closing.push(() => held.resolve());
  await until(() => deletions.running > 0);
  await register(app, 'ada@example.com');
  await until(() => mails.some(({ to }) => to.includes('ada@example.com')));
  held.resolve();
  await until(() => deletions.done === accounts);
  expect(deletions.most).toBe(1);
});

describe('the runner of jobs', () => {
  it('goes on after its connections were lost', async () => {
    const { port, mails } = await smtp();
    const { app } = await withJobs(port);
    await register(app, 'ada@example.com');
    await until(() => mails.length > 0);
    await app.pool.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await forgot(app, 'ada@example.com').catch(() => undefined);
    await forgot(app, 'ada@example.com');
    await until(() => mails.some((mail) => mail.raw.includes('reset-password')));
    expect(mails.length).toBeGreaterThan(1);
  });

  it.each([
    ['done', null],
    ['failed', 'Not today'],
  ])('goes on after the connection was lost on which it says that a job is %s', async (_, reason) => {
    const unhandled = listenForUnhandled();
    let hold: () => Promise<string | null> = async () => null;
    const { port, mails } = await smtp({ reasonAgainst: () => hold() });
    const { app } = await withJobs(port);
    const { pool } = app;
    // While the mail is being taken, its job is locked: so what ends the job waits, and can be cut off.
    const locking = await pool.connect();
    hold = async () => {
      await locking.query('BEGIN; SELECT FROM graphile_worker._private_jobs FOR UPDATE');
      return reason;
    };
    await register(app, 'ada@example.com');
    const ended = await until(async () => {
      const { rowCount } = await pool.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return rowCount === 0 ? undefined : rowCount;
    });
    expect(ended).toBe(1);
    await locking.query('ROLLBACK');
    locking.release();
    hold = async () => null;
    await forgot(app, 'ada@example.com');
    await until(() => mails.some((mail) => mail.raw.includes('reset-password')));
    expect(unhandled).toEqual([]);
    // The job whose end was not written is done again, and does not stay locked.
    const isDone = async () => {
      const { rowCount } = await pool.query('SELECT FROM graphile_worker._private_jobs WHERE locked_at IS NOT NULL');
      return rowCount === 0;
    };
    await until(isDone);
  });

  it('takes up what a process had begun that is gone, and leaves what others do alone', async () => {
    const { port, mails } = await smtp();
    const emails = ['ada@example.com', 'bob@example.com', 'eve@example.com'];
    let gone = '';
    const { app } = await withJobs(port, undefined, async (beside) => {
      const { pool } = beside.database;
      for (const email of emails) await register(beside, email);
      // Of one that is gone, of one that has a session, and of one that may be about to have one.
      const living = await pool.connect();
      closing.push(() => living.release(true));
      await nameSession(living, 'pool-living');
      const { rows } = await pool.query<{ id: string }>('SELECT id FROM graphile_worker._private_jobs ORDER BY id');
      expect(rows).toHaveLength(emails.length);
      gone = rows[0]?.id ?? '';
      await pool.query(
        `UPDATE graphile_worker._private_jobs AS jobs SET locked_by = lock.by, locked_at = now() - lock.age::interval
          FROM unnest($1::bigint[], $2::text[], $3::text[]) AS lock (id, by, age) WHERE jobs.id = lock.id`,
        [rows.map(({ id }) => id), ['pool-gone', 'pool-living', 'pool-new'], ['2 minutes', '3 hours', '10 seconds']],
      );
    });
    await until(() => mails.length > 0);
    const locks = async () => {
      const { rows } = await app.database.pool.query<{ by: string }>(
        'SELECT locked_by AS by FROM graphile_worker._private_jobs WHERE id <> $1 ORDER BY id',
        [gone],
      );
      return rows.map(({ by }) => by);
    };
    expect(await locks()).toEqual(['pool-living', 'pool-new']);
    expect(mails.map(({ to }) => to)).toEqual([['ada@example.com']]);
  });

  it('leaves all alone where its own session bears another name, as one of a pooler does', async () => {
    const app = await bootApp();
    closing.push(() => app.close());
    const { pool } = app.database;
    await register(app, 'ada@example.com');
    const { rowCount } = await pool.query(
      "UPDATE graphile_worker._private_jobs SET locked_by = 'pool-other', locked_at = now() - interval '3 hours'",
    );
    expect(rowCount).toBe(1);
    const isLocked = async () =>
      (await pool.query('SELECT FROM graphile_worker._private_jobs WHERE locked_at IS NOT NULL')).rowCount === 1;
    const said: object[] = [];
    const look = deadRunnerLook(pool, { warn: (details: object) => void said.push(details) });
    await look('pool-own');
    expect(await isLocked()).toBe(true);
    const own = await pool.connect();
    closing.push(() => own.release(true));
    await nameSession(own, 'pool-own');
    await look('pool-own');
    expect(await isLocked()).toBe(false);
    expect(said).toEqual([{ dead: 1 }]);
  });

  it('has a session of the name by which it locks jobs', async () => {
    let hold: () => Promise<null> = async () => null;
    const { port } = await smtp({ reasonAgainst: () => hold() });
    const { app } = await withJobs(port);
    const held = Promise.withResolvers<null>();
    hold = () => held.promise;
    await register(app, 'ada@example.com');
    const sessions = async () => {
      const { rows } = await app.database.pool.query(
        `SELECT FROM graphile_worker._private_jobs JOIN pg_stat_activity
          ON application_name = 'promptory-jobs ' || locked_by AND datname = current_database()`,
      );
      return rows.length;
    };
    await until(async () => (await sessions()) === 1);
    held.resolve(null);
  });

  it('does by itself everything it can do but what a call asks for', async () => {
    const app = await bootApp();
    closing.push(() => app.close());
    const tasks = tasksOf({ services: app.services, ensurePartitions: async () => undefined });
    const timed = parseCrontab(CRONTAB).map(({ task }) => task);
    expect([...timed, DELETION_TASK, MAIL_TASK, INVITATIONS_TASK, OWNERS_TASK].sort()).toEqual(
      Object.keys(tasks).sort(),
    );
  });

  it('makes up for what was due while no server ran', async () => {
    const { port } = await smtp();
    const name = 'delete_old_answers';
    const { app } = await withJobs(port, `* * * * * ${name} ?fill=1h`, async ({ database }) => {
      await database.pool.query(
        `INSERT INTO graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
          VALUES ($1, now() - interval '2 hours', now() - interval '30 minutes')`,
        [name],
      );
    });
    const minutesMissed = async (): Promise<number> => {
      const { rows } = await app.database.pool.query<{ missed: number }>(
        `SELECT (extract(epoch FROM now() - last_execution) / 60)::int AS missed
          FROM graphile_worker._private_known_crontabs WHERE identifier = $1`,
        [name],
      );
      return rows[0]?.missed ?? Number.POSITIVE_INFINITY;
    };
    // One minute after the other is made up for.
    expect(await until(async () => (await minutesMissed()) < 3)).toBe(true);
  });

  it('stops with no connection left', async () => {
    const { port } = await smtp();
    const { app, jobs } = await withJobs(port);
    await jobs.stop();
    const connections = async (): Promise<unknown[]> => {
      const { rows } = await app.database.pool.query(
        `SELECT application_name FROM pg_stat_activity WHERE datname = current_database()
          AND backend_type = 'client backend' AND application_name <> 'promptory-test'`,
      );
      return rows;
    };
    // The end of a connection reaches PostgreSQL after its client.
    await expect.poll(connections).toEqual([]);
  });
});
