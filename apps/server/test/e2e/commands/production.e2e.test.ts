import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type EphemeralCluster, installedBinaries, startEphemeralCluster, withClient } from '@promptory/db/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { catchMail, type MailCatcher } from '../../harness/mail-catcher.ts';
import { quietPort } from '../../harness/quiet-port.ts';
import { bareEnvironment, isReady, ROOT, type Settings } from '../harness/run-server.ts';
import { send } from '../harness/send.ts';
import { runScript } from './run-script.ts';

// Debian's, the oldest that is supported; elsewhere the same on the embedded one.
const binaries = installedBinaries(15);
let cluster: EphemeralCluster;
let mails: MailCatcher;
let settings: Settings;
let url: string;

beforeAll(async () => {
  cluster = await startEphemeralCluster(binaries === undefined ? {} : { binaries });
  mails = await catchMail();
  const port = await quietPort();
  url = `http://localhost:${port}`;
  settings = {
    DATABASE_URL: cluster.applicationConnectionString,
    JWT_SECRET: randomBytes(36).toString('base64url'),
    SMTP_CONFIG: mails.url,
    PUBLIC_URL: url,
    PORT: String(port),
    HOST: '127.0.0.1',
  };
  const built = await runScript('build', { settings: { TURBO_TELEMETRY_DISABLED: '1' } });
  expect(built.code, built.stdout + built.stderr).toBe(0);
  // Where nothing is built yet, and the machine is busy.
}, 900_000);
afterAll(async () => {
  await cluster?.stop();
  await mails?.close();
});

/** `pnpm start`, as a supervisor runs it. */
async function start() {
  const manifest: unknown = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const script = String(Reflect.get(Object(Reflect.get(Object(manifest), 'scripts')), 'start'));
  // Node itself, whatever `node` is on the path: a supervisor's signal is for the server.
  const [, ...args] = script.split(' ');
  const env = { ...bareEnvironment(), ...settings };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  return { child, log: () => log, ended: once(child, 'close') };
}

it('runs in production by the commands of the documentation, as two roles, from an empty database on', async () => {
  const version = await withClient(cluster.superuserConnectionString, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? '';
  });
  process.stdout.write(`on PostgreSQL ${version}\n`);
  const run = async (name: string, more: Settings = {}, args: readonly string[] = []): Promise<string> => {
    const { code, stdout, stderr } = await runScript(name, { settings: { ...settings, ...more }, args });
    expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: '' });
    return stdout;
  };
  expect(await run('settings:check')).toMatch(/^The settings are right for production\.\n/);
  expect(await run('migrate', { DATABASE_OWNER_URL: cluster.connectionString })).toMatch(/Applied \d+\.\n$/);
  const email = 'root@example.org';
  const made = await run('admin:create', { NODE_ENV: 'production' }, [
    '--email',
    email,
    '--name',
    'Root',
    '--generate-password',
  ]);
  const password = /shown once\): (\S+)/.exec(made)?.[1] ?? '';

  const server = await start();
  try {
    await expect.poll(() => isReady(url)).toBe(true);
    const { accessToken } = await send<{ accessToken: string }>(url, 'POST', '/auth/login', { email, password });
    const headers = { authorization: `Bearer ${accessToken}` };
    const prompt = { title: 'A greeting', content: 'Good morning, 您好.', tags: ['daily'] };
    const { id } = await send<{ id: string }>(url, 'POST', '/prompts', prompt, headers);
    await send(url, 'PUT', `/prompts/${id}`, { content: 'Good evening, 晚上好.' }, headers);
    // Threads, files beside modules, the queue with its mails, and a package that stays as it is installed.
    const diff = await send<object>(url, 'GET', `/prompts/${id}/diff?from=1&to=2`, undefined, headers);
    expect(JSON.stringify(diff)).toContain('晚上好');
    const account = { email: 'ann@example.org', name: 'Ann', password: 'qwertyuiop' };
    await expect(send(url, 'POST', '/auth/register', account)).rejects.toThrow('common_password');
    await send(url, 'POST', '/auth/register', { ...account, password: 'nine bells before the tide' });
    await expect.poll(() => mails.mails.map(({ to }) => to)).toEqual([[account.email]]);
    expect((await fetch(`${url}/docs`)).status).toBe(200);
    const found = await send<{ items: { id: string }[] }>(
      url,
      'GET',
      `/prompts?q=${encodeURIComponent('晚上')}`,
      undefined,
      headers,
    );
    expect(found.items.map((item) => item.id)).toEqual([id]);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    const page = await (await fetch(`${url}/prompts/${id}`, { headers: { accept: 'text/html' } })).text();
    const [script] = page.match(/\/console\/[\w-]+\.js/) ?? [];
    expect((await fetch(`${url}${script}`)).headers.get('cache-control')).toContain('immutable');
  } finally {
    server.child.kill('SIGTERM');
  }
  expect((await server.ended)[0]).toBe(0);
  expect(server.log()).toContain('"environment":"production"');
  // The role of the application has what it needs, and no more.
  expect(server.log()).not.toContain('may do more than the server needs');
  expect(server.log().match(/^\{"level":"(?:error|fatal)".*$/gm) ?? []).toEqual([]);
  const forbidden = withClient(cluster.applicationConnectionString, (client) => client.query('DELETE FROM audit_log'));
  await expect(forbidden).rejects.toThrow('permission denied');
});

it('is built into files that load, each by itself, and whose maps lead to the sources', async () => {
  const folder = join(ROOT, 'apps/server/dist/bundled');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.js') && name !== 'main.js');
  expect(files.length).toBeGreaterThan(5);
  const script = `for (const file of ${JSON.stringify(files)}) await import(file.replace(/^/, 'file://${folder}/'));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { env: bareEnvironment() });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { sources } = JSON.parse(await readFile(join(folder, 'main.js.map'), 'utf8')) as { sources: string[] };
  expect(sources).toContain('../../src/process/serve.ts');
});
