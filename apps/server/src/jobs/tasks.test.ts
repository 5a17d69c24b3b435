import { expect, it } from 'vitest';
import { type TaskServices, tasksOf } from './tasks.ts';

const ID = '0198c0de-0000-7000-8000-000000000001';
const helpers = {} as never;

/** The tasks over a database that answers nothing but this error. */
function given(failure: Error, others: Partial<TaskServices> = {}) {
  const fail = () => {
    throw failure;
  };
  const db = new Proxy({}, { get: () => fail });
  const services = { db, clock: { now: () => new Date(0) }, log: {} } as unknown as TaskServices['services'];
  return tasksOf({ services, ensurePartitions: async () => undefined, ...others });
}

it('keeps nothing in the queue of what a mail server quotes, but where it happened', async () => {
  const link = 'https://prompts.example/reset-password?token=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4';
  const failure = Object.assign(new TypeError(`550 spam: ${link}`), { code: 'EENVELOPE' });
  failure.stack = `TypeError: 550 spam: ${link}\n    at sendMail (mail.ts:1:1)`;
  const sending = given(failure).send_mail?.({ kind: 'password_changed', userId: ID }, helpers);
  const error = await Promise.resolve(sending).then(
    () => null,
    (thrown: Error) => thrown,
  );
  expect(error).toMatchObject({ name: 'TypeError', message: expect.stringContaining('550 spam: ') });
  expect(error?.stack).toContain('at sendMail (mail.ts:1:1)');
  expect(`${error?.message} ${error?.stack} ${JSON.stringify(error)}`).not.toContain('Zm9vYmFy');
});

it.each(['send_mail', 'tell_owners', 'accept_invitations', 'finish_deletion'])(
  'takes no job of %s that is none',
  async (name) => {
    const work = async () => given(new Error('asked'))[name]?.({ userId: 'somebody' }, helpers);
    await expect(work()).rejects.not.toThrow('asked');
  },
);

it('makes partitions, and a backup where the server makes any', async () => {
  const made: string[] = [];
  const parts = {
    ensurePartitions: async () => void made.push('partitions'),
    backups: { make: async () => void made.push('backup') },
  };
  const tasks = given(new Error('asked'), parts as unknown as Partial<TaskServices>);
  await tasks.ensure_usage_partitions?.({}, helpers);
  await tasks.make_backup?.({}, helpers);
  await given(new Error('asked'), { backups: null }).make_backup?.({}, helpers);
  expect(made).toEqual(['partitions', 'backup']);
});
