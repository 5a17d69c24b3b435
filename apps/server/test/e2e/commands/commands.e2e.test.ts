import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  createTestDatabase,
  type EphemeralCluster,
  startEphemeralCluster,
  type TestDatabase,
  withClient,
} from '@promptory/db/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catchMail } from '../../harness/mail-catcher.ts';
import { bareEnvironment, isReady, ROOT, runServer, runUntilEnd, type ServerProcess } from '../harness/run-server.ts';
import { NoAnswer, send } from '../harness/send.ts';
import { runScript } from './run-script.ts';

const JWT_SECRET = 'of no use to anybody but this test run';

let cluster: EphemeralCluster;
let folder: string;
beforeAll(async () => {
  cluster = await startEphemeralCluster();
  folder = await mkdtemp(join(tmpdir(), 'promptory-commands-'));
});
afterAll(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

const linesOf = (text: string): string[] => text.trim().split('\n');

describe('the migration commands', () => {
  it('bring an empty database up to date, tell its state, and take one step back and forth', async () => {
    const settings = { DATABASE_URL: cluster.connectionString };
    const run = async (name: string): Promise<string[]> => {
      const { code, stdout, stderr } = await runScript(name, { settings });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return linesOf(stdout);
    };
    const states = await run('migrate:status');
    expect(states.every((line) => line.startsWith('pending '))).toBe(true);
    const names = states.map((line) => line.split(/\s+/).at(-1));
    expect(await run('migrate')).toEqual([...names.map((name) => `applied ${name}`), `Applied ${names.length}.`]);
    expect(await run('migrate')).toEqual(['Nothing to migrate: the database is up to date.']);
    expect(await run('migrate:down')).toEqual([`Took back ${names.at(-1)}.`]);
    expect((await run('migrate:status')).filter((line) => line.startsWith('pending '))).toHaveLength(1);
    const behind = await runUntilEnd({ NODE_ENV: 'development', ...settings, JWT_SECRET, DATA_FOLDER: folder });
    expect(behind).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^[^\n]*1 migration[^\n]*pnpm migrate[^\n]*\n$/),
    });
    expect(await run('migrate')).toEqual([`applied ${names.at(-1)}`, 'Applied 1.']);
  });

  it('make the role of DATABASE_URL where the owner may, with rights that the start checks', async () => {
    const owner = new URL(cluster.superuserConnectionString);
    await withClient(owner.href, (client) => client.query('CREATE DATABASE of_two_roles'));
    owner.pathname = '/of_two_roles';
    const application = new URL(owner.href);
    application.username = 'app of two';
    application.password = 'only-for-this-test-7';
    const settings = { DATABASE_URL: application.href, DATABASE_OWNER_URL: owner.href };
    const serve = {
      NODE_ENV: 'development',
      DATABASE_URL: application.href,
      JWT_SECRET,
      DATA_FOLDER: folder,
    };
    expect(await runScript('migrate', { settings })).toMatchObject({ code: 0, stderr: '' });
    const server = await runServer(serve);
    await server.stop();

    await withClient(owner.href, (client) => client.query('REVOKE INSERT ON audit_log FROM "app of two"'));
    const { code, stderr } = await runUntilEnd(serve);
    expect({ code, lines: linesOf(stderr) }).toEqual({
      code: 1,
      lines: [
        expect.stringMatching(/lacks rights: run `pnpm migrate` with DATABASE_OWNER_URL/),
        '  INSERT on public.audit_log',
      ],
    });
    expect(await runScript('migrate', { settings })).toMatchObject({ code: 0, stderr: '' });
    await (await runServer(serve)).stop();

    const staging = { NODE_ENV: 'staging', SMTP_CONFIG: 'smtp://127.0.0.1:9', PUBLIC_URL: 'http://localhost' };
    for (const [url, excess] of [
      [application, 0],
      [owner, 1],
    ] as const) {
      const running = await runServer({ ...serve, ...staging, DATABASE_URL: url.href });
      expect(running.log().match(/"level":"warn"[^\n]*may do more than the server needs/g) ?? []).toHaveLength(excess);
      await running.stop();
    }
  });
});

describe('the commands on a migrated database', () => {
  let database: TestDatabase;
  let settings: { DATABASE_URL: string; DATA_FOLDER: string };
  let server: ServerProcess | undefined;
  beforeEach(async () => {
    database = await createTestDatabase({ server: cluster });
    settings = { DATABASE_URL: database.applicationConnectionString, DATA_FOLDER: folder };
  });
  afterEach(async () => {
    await server?.kill();
    server = undefined;
    await database.drop();
  });

  it('seed examples once, however often they are asked to', async () => {
    const titles = () => database.db.selectFrom('prompts').select(['id', 'title', 'version']).orderBy('id').execute();
    const first = await runScript('seed', { settings });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const seeded = await titles();
    expect(seeded.length).toBeGreaterThan(3);
    expect(await runScript('seed', { settings })).toMatchObject({ code: 0, stderr: '' });
    expect(await titles()).toEqual(seeded);
  });

  it('make an administrator, who can sign in and administer', async () => {
    const email = 'root@example.org';
    const password = 'nine bells before the tide';
    const args = ['--email', email, '--name', 'Root', '--password-stdin'];
    // The database is all that it needs.
    const alone = { ...settings, NODE_ENV: 'production' };
    const made = await runScript('admin:create', { settings: alone, args, input: `${password}\n` });
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).not.toContain(password);
    server = await runServer({ NODE_ENV: 'development', ...settings, JWT_SECRET });
    const login = { email, password };
    const { accessToken } = await send<{ accessToken: string }>(server.url, 'POST', '/auth/login', login);
    const bearer = { authorization: `Bearer ${accessToken}` };
    const { items } = await send<{ items: object[] }>(server.url, 'GET', '/admin/users', undefined, bearer);
    expect(items).toMatchObject([{ email, role: 'admin' }]);
  });

  it('refuse to make an administrator of somebody without an address, or with a weak password', async () => {
    const nobody = await runScript('admin:create', { settings });
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('--email') });
    const args = ['--email', 'root@example.org', '--name', 'Root', '--password-stdin'];
    const weak = await runScript('admin:create', { settings, args, input: 'short\n' });
    expect(weak.code).toBe(1);
    expect(linesOf(weak.stderr)).toHaveLength(1);
    expect(await database.db.selectFrom('users').select('id').execute()).toEqual([]);
  });
});

describe('a server that cannot start', () => {
  it('lists every setting that production lacks or that is wrong, at once and without its value', async () => {
    const none = { DATABASE_URL: '', JWT_SECRET: '', SMTP_CONFIG: '', PUBLIC_URL: '' };
    // What is started is production, unless it is told otherwise.
    for (const environment of ['production', '']) {
      const wrong = { NODE_ENV: environment, PORT: 'soon', ...none };
      const checked = await runScript('settings:check', { settings: wrong });
      const { code, stdout, stderr } = await runUntilEnd(wrong);
      expect(checked).toMatchObject({ code, stdout, stderr });
      const [headline, ...faults] = linesOf(stderr);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(headline).toMatch(/^5 settings are wrong .*:$/);
      const named = faults.map((fault) => fault.trim().split(' ')[0]).sort();
      expect(named).toEqual(['DATABASE_URL', 'JWT_SECRET', 'PORT', 'PUBLIC_URL', 'SMTP_CONFIG']);
      expect(stderr).not.toContain('soon');
    }
  });

  it('is told beforehand that its settings are right, and of what to know', async () => {
    const right = {
      DATABASE_URL: 'postgresql://promptory@db.example.org/promptory?sslmode=verify-full',
      JWT_SECRET: randomBytes(48).toString('base64url'),
      SMTP_CONFIG: 'smtp://127.0.0.1:9',
      PUBLIC_URL: 'https://prompts.example.org',
      TRUST_PROXY: '10.0.0.0/8',
    };
    const production = await runScript('settings:check', { settings: right });
    expect(production).toMatchObject({ code: 0, stdout: 'The settings are right for production.\n', stderr: '' });
    const staging = await runScript('settings:check', { settings: { ...right, NODE_ENV: 'staging' } });
    expect(staging.code).toBe(0);
    expect(linesOf(staging.stdout)[0]).toBe('The settings are right for staging.');
    expect(linesOf(staging.stdout).length).toBeGreaterThan(1);
  });

  it('is told what reads none of it, and which setting that may mean', async () => {
    const settings = {
      DATABASE_URI: 'postgresql://promptory@localhost/promptory',
      CORS_ORIGIN: 'https://app.example.org',
    };
    const { stderr } = await runScript('settings:check', { settings });
    expect(linesOf(stderr)).toContain('  DATABASE_URI in the environment is no setting: is DATABASE_URL meant?');
    const warned = await runScript('settings:check', { settings: { ...settings, NODE_ENV: 'development' } });
    expect(warned).toMatchObject({ code: 0, stderr: '' });
    expect(linesOf(warned.stdout)).toContain('CORS_ORIGIN in the environment is no setting: is CORS_ORIGINS meant?');
    const mistyped = await runScript('settings:check', { settings: {}, args: ['--conect'] });
    expect(mistyped).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('usage: pnpm settings:check'),
    });
  });

  it.each([
    [null, /^Nothing is built yet: run `pnpm install` and `pnpm build` first\./],
    ["import '@promptory/api/server';", /^The build is not whole, or not all is installed: run `pnpm install` and/],
    ["throw Object.assign(new TypeError('of another kind'), { code: 'ERR_OTHER' });", /TypeError.*of another kind/s],
  ])('says in one line that it is not built, and nothing of it where it fails otherwise: %j', async (main, says) => {
    const copy = await mkdtemp(join(tmpdir(), 'promptory-not-built-'));
    try {
      await writeFile(join(copy, 'package.json'), '{ "type": "module" }');
      await mkdir(join(copy, 'scripts'));
      await copyFile(join(ROOT, 'apps/server/scripts/start.js'), join(copy, 'scripts/start.js'));
      if (main !== null) await mkdir(join(copy, 'dist/bundled'), { recursive: true });
      if (main !== null) await writeFile(join(copy, 'dist/bundled/main.js'), main);
      const child = spawn(process.execPath, ['scripts/start.js'], { cwd: copy, env: bareEnvironment() });
      const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(says) });
      if (says.source.startsWith('^')) expect(linesOf(stderr)).toHaveLength(1);
    } finally {
      await rm(copy, { recursive: true });
    }
  });

  it('says in one line that its port is in use, and what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const database = await createTestDatabase({ server: cluster });
    try {
      const settings = {
        NODE_ENV: 'development',
        DATABASE_URL: database.applicationConnectionString,
        JWT_SECRET,
        DATA_FOLDER: folder,
      };
      const { code, stderr } = await runUntilEnd({ ...settings, HOST: '127.0.0.1', PORT: String(port) });
      expect(code).toBe(1);
      expect(stderr).toBe(
        `Port ${port} is in use: stop what listens there, or set another one, such as PORT=${port + 1}.\n`,
      );
    } finally {
      taken.close();
      await database.drop();
    }
  });

  it('says in one line that its database is away, and not how to get in', async () => {
    const url = new URL(cluster.connectionString);
    url.port = '9';
    const { code, stderr } = await runUntilEnd({
      NODE_ENV: 'development',
      DATABASE_URL: url.href,
      JWT_SECRET,
      DATA_FOLDER: folder,
    });
    expect(code).toBe(1);
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr).toContain('DATABASE_URL');
    expect(stderr).not.toContain(url.password);
  });
});

describe('a server that is told to stop under load', () => {
  it('answers what it has accepted, says early that it goes, and ends with exit code 0', async () => {
    const database = await createTestDatabase({ server: cluster });
    const mails = await catchMail();
    const server = await runServer({
      NODE_ENV: 'production',
      DATABASE_URL: database.applicationConnectionString,
      JWT_SECRET,
      SMTP_CONFIG: mails.url,
      PUBLIC_URL: 'https://prompts.example.org',
      REQUIRE_EMAIL_VERIFICATION: 'false',
      RATE_LIMIT_USER: '1000000/60',
    });
    try {
      const account = { email: 'busy@example.org', name: 'Busy', password: 'a lantern in the third field' };
      const { accessToken } = await send<{ accessToken: string }>(server.url, 'POST', '/auth/register', account);
      const bearer = { authorization: `Bearer ${accessToken}` };
      let answered = 0;
      const writeOn = async (name: string): Promise<void> => {
        for (let count = 0; ; count += 1) {
          await send(server.url, 'POST', '/prompts', { title: `${name} ${count}`, content: 'Text' }, bearer);
          answered += 1;
        }
      };
      const ends = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => writeOn(name).catch((error: unknown) => error));
      await expect.poll(() => answered).toBeGreaterThan(30);
      const before = answered;
      const stopped = server.stop();
      await expect.poll(() => isReady(server.url)).toBe(false);
      await stopped;
      for (const end of await Promise.all(ends)) expect(end).toBeInstanceOf(NoAnswer);
      expect(answered).toBeGreaterThan(before);
      const { rows } = await database.db
        .selectFrom('prompts')
        .select(({ fn }) => fn.countAll<number>().as('rows'))
        .executeTakeFirstOrThrow();
      expect(Number(rows)).toBe(answered);
      expect(server.failures()).toEqual([]);
    } finally {
      await server.kill();
      await mails.close();
      await database.drop();
    }
  });
});
