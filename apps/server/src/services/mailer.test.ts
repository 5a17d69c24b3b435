import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fileMailer } from './mailer.ts';

it('writes each mail into a file of its own, which nobody else may read, and logs where', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'promptory-mail-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'mail');
  const said: unknown[] = [];
  const log = { info: (facts: object, text?: string) => void said.push([facts, text]) };
  const mailer = fileMailer({ folder, from: 'Promptory <no-reply@promptory.example>', log: log as never });
  const to = `../../${'a'.repeat(120)}@example.com`;
  await mailer.send({ to, subject: 'Welcome', text: 'Two lines\nof text' } as Parameters<typeof mailer.send>[0]);
  mailer.close();
  const [name = '', ...others] = await readdir(folder);
  expect(others).toEqual([]);
  expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-\.\._\.\._a{94}\.txt$/);
  const file = join(folder, name);
  const [at] = name.split('Z-');
  const date = `${at?.slice(0, 11)}${at?.slice(11).replaceAll('-', ':')}Z`;
  expect(await readFile(file, 'utf8')).toBe(
    `From: Promptory <no-reply@promptory.example>\nTo: ${to}\nDate: ${date}\nSubject: Welcome\n\nTwo lines\nof text\n`,
  );
  expect([(await stat(file)).mode & 0o777, (await stat(folder)).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(said).toEqual([[{ file }, 'mail written']]);
});
