import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import type { Count, CountingLimiter } from '../services/limiter.ts';
import { createWorkMeasures } from './work-measures.ts';

type Options = Parameters<typeof createWorkMeasures>[0];

function given(options: Options = {}) {
  /** What administrators are shown was told. */
  const kept: string[] = [];
  const counts = { add: (...what: readonly unknown[]) => void kept.push(what.join(' ')) };
  const measures = createWorkMeasures({ now: () => 1_000, kept: counts, ...options });
  const register = new Registry();
  for (const metric of measures.metrics) register.registerMetric(metric);
  return {
    ...measures,
    kept,
    text: async () => (await register.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#')),
  };
}

it('counts each run of a job by how it ended, and says when one last ended well', async () => {
  const { tasks, text, kept } = given();
  let fails = false;
  const list = tasks({
    send_mail: async () => {
      if (fails) throw new Error('refused');
    },
  });
  const run = async () => list.send_mail?.({}, {} as never);
  await run();
  fails = true;
  await expect(run()).rejects.toThrow('refused');
  expect(await text()).toEqual(
    expect.arrayContaining([
      'promptory_job_runs_total{task="send_mail",outcome="ok"} 1',
      'promptory_job_runs_total{task="send_mail",outcome="failed"} 1',
      'promptory_job_duration_seconds_count{task="send_mail"} 2',
      'promptory_job_last_success_timestamp_seconds{task="send_mail"} 1000',
    ]),
  );
  expect(kept).toEqual(['job_failed send_mail']);
});

it('counts mails that were sent and that failed, and passes both on', async () => {
  const { mailer, text, kept } = given();
  const sent: string[] = [];
  const measured = mailer({
    async send({ to }) {
      if (to === 'nobody@example.com') throw new Error('550');
      sent.push(to);
    },
  });
  const mail = { to: 'ada@example.com', subject: 's', text: 't' };
  await measured.send(mail);
  await expect(measured.send({ ...mail, to: 'nobody@example.com' })).rejects.toThrow('550');
  expect(sent).toEqual(['ada@example.com']);
  expect(await text()).toEqual(
    expect.arrayContaining(['promptory_mails_total{outcome="sent"} 1', 'promptory_mails_total{outcome="failed"} 1']),
  );
  expect(kept).toEqual(['mail_sent', 'mail_failed']);
});

it('counts what a limit has refused by its name, counted at once or waited for', async () => {
  const { limiter, text, kept } = given();
  const count = (allowed: boolean) => ({ allowed }) as Count;
  const measured = limiter({
    consume: async (name) => count(name === 'user'),
    consumeNow: (name) => (name === 'key' ? null : count(name === 'user')),
  } as Partial<CountingLimiter> as CountingLimiter);
  expect(await measured.consume('login', 'x')).toEqual({ allowed: false });
  expect(await measured.consume('user', 'x')).toEqual({ allowed: true });
  expect(measured.consumeNow('login', 'x')).toEqual({ allowed: false });
  expect(measured.consumeNow('key', 'x')).toBeNull();
  const refused = (await text()).filter((line) => line.startsWith('promptory_limit_refusals_total'));
  expect(refused).toEqual(['promptory_limit_refusals_total{limit="login"} 2']);
  expect(kept).toEqual(['limit_refused login', 'limit_refused login']);
});

it('shows what waits in the queue, and nothing where nobody knows', async () => {
  let known = true;
  const { text } = given({
    queue: async () => (known ? [{ task: 'send_mail', waiting: 3, failed: 1, lateSeconds: 90 }] : null),
  });
  const queued = async () => (await text()).filter((line) => line.startsWith('promptory_jobs_queued'));
  expect(await queued()).toEqual([
    'promptory_jobs_queued{task="send_mail",state="waiting"} 3',
    'promptory_jobs_queued{task="send_mail",state="failed"} 1',
    'promptory_jobs_queued{task="send_mail",state="late"} 90',
  ]);
  known = false;
  expect(await queued()).toEqual([]);
});
