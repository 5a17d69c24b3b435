import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { authenticatorOf, givenGroup, givenPrompt, PASSWORD, type Person } from '@promptory/api/testing';
import { createPromptory } from '@promptory/client';
import { describe, expect, it } from 'vitest';
import { givenSite } from './given-site.ts';
import { givenFolder, type RunOptions, run } from './run-in-process.ts';

const { app, url, someone } = await givenSite();
const { services } = app;
const ENTER = '\r';

/** The command with the password on standard input, as a program gives it. */
const as = (person: Person, args: readonly string[], options: RunOptions = {}) =>
  run(['account', ...args, '--email', person.email, '--password-stdin'], {
    env: { PROMPTORY_URL: url },
    stdin: `${PASSWORD}\n`,
    ...options,
  });

const sessionsOf = async (person: Person): Promise<number> => {
  const { n } = await services.db
    .selectFrom('sessions')
    .select(({ fn }) => fn.countAll<string>().as('n'))
    .where('user_id', '=', person.id)
    .executeTakeFirstOrThrow();
  return Number(n);
};

const exists = async (person: Person): Promise<boolean> => {
  const { deleted_at: deletedAt } = await services.db
    .selectFrom('users')
    .select('deleted_at')
    .where('id', '=', person.id)
    .executeTakeFirstOrThrow();
  return deletedAt === null;
};

describe('promptory account export', () => {
  it('writes everything that is kept of an account where its owner alone reads it, and leaves no session', async () => {
    const { person } = await someone('ann');
    await givenPrompt(services, person, 'Ode');
    const [cwd, before] = [givenFolder(), await sessionsOf(person)];
    const ran = await as(person, ['export', '--out', 'mine.jsonl'], { cwd });
    expect(ran).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^Wrote \d+ records to mine\.jsonl:/),
    });
    const lines = (await readFile(join(cwd, 'mine.jsonl'), 'utf8')).trimEnd().split('\n');
    const records = lines.map((line) => JSON.parse(line) as { type: string });
    expect(records[0]).toMatchObject({ type: 'account', email: person.email });
    expect(records.map(({ type }) => type)).toEqual(expect.arrayContaining(['prompt', 'version', 'session', 'apiKey']));
    expect((await stat(join(cwd, 'mine.jsonl'))).mode & 0o777).toBe(0o600);
    expect(await sessionsOf(person)).toBe(before);
    expect(lines.join()).not.toContain(PASSWORD);
  });

  it('writes over nothing, and leaves no part of a file where it is refused', async () => {
    const { person } = await someone('bea');
    const cwd = givenFolder();
    await as(person, ['export', '--out', 'mine.jsonl'], { cwd });
    expect(await as(person, ['export', '--out', 'mine.jsonl'], { cwd })).toMatchObject({ code: 5, stdout: '' });
    expect(await as(person, ['export', '--out', 'mine.jsonl', '--force'], { cwd })).toMatchObject({ code: 0 });
    const wrong = await as(person, ['export', '--out', 'other.jsonl'], { cwd, stdin: 'another password\n' });
    expect(wrong).toMatchObject({ code: 3, stdout: '' });
    expect(await as(person, ['export', '--out', 'none/other.jsonl'], { cwd })).toMatchObject({ code: 1 });
    expect(await readdir(cwd)).toEqual(['mine.jsonl']);
  });

  it('takes the code of a second factor from the next line, and asks for it at a terminal', async () => {
    const { person } = await someone('cleo');
    const promptory = createPromptory({ url, session: 'token', retry: false });
    await promptory.$signIn({ email: person.email, password: PASSWORD });
    const { setupKey } = await promptory.auth.totp.start.mutate({ currentPassword: PASSWORD });
    const { codeAt } = authenticatorOf(setupKey);
    const now = services.clock.now().getTime();
    await promptory.auth.totp.confirm.mutate({ code: await codeAt(new Date(now - 30_000)) });
    const cwd = givenFolder();
    const args = ['export', '--out', 'a.jsonl'];
    expect(await as(person, args, { cwd })).toMatchObject({ code: 3, stderr: expect.stringContaining('code') });
    const code = await codeAt(new Date(now));
    expect(await as(person, args, { cwd, stdin: `${PASSWORD}\n${code}\n` })).toMatchObject({ code: 0 });
    const typed = {
      'E-mail address': person.email + ENTER,
      Password: PASSWORD + ENTER,
      'Code of your authenticator': (await codeAt(new Date(now + 30_000))) + ENTER,
    };
    const asked = await run(['account', 'plan-deletion'], { env: { PROMPTORY_URL: url }, typed });
    expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining('Of your groups 0 would pass on') });
    expect(asked.stdout + asked.stderr).not.toContain(PASSWORD);
  });

  it('says what is missing where there is no terminal', async () => {
    const env = { PROMPTORY_URL: url };
    for (const args of [
      ['plan-deletion'],
      ['plan-deletion', '--email', 'a@example.org'],
      ['plan-deletion', '--password-stdin'],
      ['export'],
      ['delete', '--email', 'a@example.org', '--password-stdin'],
    ])
      expect(await run(['account', ...args], { env, stdin: 'x\n' }), args.join(' ')).toMatchObject({
        code: 2,
        stdout: '',
      });
    expect(await run(['account', 'plan-deletion'], { home: givenFolder() })).toMatchObject({ code: 2 });
  });
});

describe('promptory account delete', () => {
  it('deletes as the plan has shown it, and not where that would show something else now', async () => {
    const { person } = await someone('dora');
    const { person: heir } = await someone('emil');
    const prompt = await givenPrompt(services, person, 'Ode\u001b[2J');
    await givenGroup(services, { owner: person, name: 'Poets', editors: [heir], promptIds: [prompt.id] });
    await givenGroup(services, { owner: person, name: 'Alone' });
    const shown = await as(person, ['plan-deletion']);
    expect(shown.stdout).toContain('Of your groups 1 would pass on and 1 be removed; of your prompts 1 and 0');
    expect(shown.stdout).toContain(`group "Poets" passes to ${heir.name}`);
    expect(shown.stdout).toContain('group "Alone" is removed: no active editor could own it');
    expect(shown.stdout).not.toContain('\u001b');
    const { revision } = (await as(person, ['plan-deletion', '--json'])).json<{ revision: string }>();

    await givenGroup(services, { owner: person, name: 'Another' });
    expect(await as(person, ['delete', '--revision', revision])).toMatchObject({ code: 5 });
    expect(await exists(person)).toBe(true);
    const now = (await as(person, ['plan-deletion', '--json'])).json<{ revision: string }>();
    expect(await as(person, ['delete', '--revision', now.revision])).toMatchObject({
      code: 0,
      stdout: `The account of ${person.email} is deleted.\n`,
    });
    expect(await exists(person)).toBe(false);
    expect(await as(person, ['plan-deletion'])).toMatchObject({ code: 3 });
  });

  it('shows the plan at a terminal, and deletes only where the address is typed', async () => {
    const { person } = await someone('fay');
    const typedAs = (address: string) => ({
      Password: PASSWORD + ENTER,
      'to delete your account': address + ENTER,
    });
    const deleted = (address: string) =>
      run(['account', 'delete', '--email', person.email], { env: { PROMPTORY_URL: url }, typed: typedAs(address) });
    expect(await deleted('yes')).toMatchObject({ code: 130, stderr: expect.stringContaining('nothing was changed') });
    expect(await exists(person)).toBe(true);
    const done = await deleted(person.email);
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('Of your groups 0 would pass on') });
    expect(await exists(person)).toBe(false);
  });
});
