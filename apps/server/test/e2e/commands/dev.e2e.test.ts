import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { withClient } from '@promptory/db/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { smallDisk } from '../../failure/harness/small-disk.ts';
import { quietPort } from '../../harness/quiet-port.ts';
import {
  copySources,
  DEV,
  type Development,
  killDevelopment,
  READY_TIMEOUT_MS,
  ready,
  startDevelopment,
} from '../harness/develop.ts';

let parent: string;
let folder: string;
let port: number;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'promptory-dev-'));
  // PostgreSQL does not run as root, and its own user must get to its data.
  await chmod(parent, 0o755);
  folder = join(parent, '.promptory');
  port = await quietPort();
});
afterAll(() => rm(parent, { recursive: true, force: true, maxRetries: 5 }));

const started: Development[] = [];
afterEach(() => started.splice(0).forEach(killDevelopment));

function develop(settings: Record<string, string> = {}, script = DEV): Development {
  const dev = startDevelopment({ PORT: String(port), DATA_FOLDER: folder, ...settings }, script);
  started.push(dev);
  return dev;
}

/** Every other process as its command line and its environment, as far as they may be read. */
async function otherProcesses(): Promise<string[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-E', '-ww', '-o', 'pid=,command=']);
    return stdout.split('\n').filter((line) => Number.parseInt(line, 10) !== process.pid);
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  return Promise.all(pids.map(async (pid) => `${await read(pid, 'cmdline')} ${await read(pid, 'environ')}`));
}

/** Those that name the test's folder, PostgreSQL's among them. */
const left = async (): Promise<string[]> => (await otherProcesses()).filter((text) => text.includes(parent));

async function nothingLeft(): Promise<void> {
  await expect.poll(left).toEqual([]);
}

const signIn = (account: { email: string; password: string }) =>
  fetch(`http://127.0.0.1:${port}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });

const accountIn = (text: string): { email: string; password: string } => {
  const [, email = '', password = ''] = /Sign in {2}(\S+) with the password (\S+)/.exec(text) ?? [];
  return { email, password };
};

/** On the data that were left: they can be signed in to, and a Ctrl-C ends it all. */
async function startsAgain(): Promise<void> {
  const again = develop();
  await ready(again);
  expect((await signIn(accountIn(again.stdout()))).status).toBe(200);
  process.kill(-again.pid, 'SIGINT');
  expect(await again.ended).toBe(0);
  await nothingLeft();
}

describe('pnpm dev', () => {
  it('starts from nothing, says how to sign in, and is stopped by one Ctrl-C, which leaves nothing running', async () => {
    const dev = develop();
    await ready(dev);
    const account = accountIn(dev.stdout());
    expect((await signIn(account)).status).toBe(200);
    expect(dev.stdout()).toContain(`http://localhost:${port}/docs`);
    process.kill(-dev.pid, 'SIGINT');
    expect(await dev.ended).toBe(0);
    expect(dev.stderr()).toBe('');
    await nothingLeft();
  });

  it('finds its data again, and takes a Ctrl-C that arrives several times for one', async () => {
    const before = (await readFile(join(folder, 'demo-password'), 'utf8')).trim();
    const dev = develop();
    await ready(dev);
    expect(accountIn(dev.stdout()).password).toBe(before);
    expect((await signIn(accountIn(dev.stdout()))).status).toBe(200);
    process.kill(-dev.pid, 'SIGINT');
    process.kill(dev.pid, 'SIGINT');
    await sleep(30);
    process.kill(-dev.pid, 'SIGTERM');
    expect(await dev.ended).toBe(0);
    await nothingLeft();
  });

  it('ends its server when it is killed, and starts again on the database that was left', async () => {
    const dev = develop();
    await ready(dev);
    dev.child.kill('SIGKILL');
    await dev.ended;
    const served = async (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/health/live`).then(
        () => true,
        () => false,
      );
    await expect.poll(served).toBe(false);
    await startsAgain();
  });

  it('ends by one sentence where its PostgreSQL ends by itself, and starts again on what it left', async () => {
    const dev = develop();
    await ready(dev);
    const pid = Number.parseInt(await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8'), 10);
    process.kill(pid, 'SIGKILL');
    expect(await dev.ended).toBe(1);
    expect(dev.stderr()).toMatch(/^PostgreSQL has ended by itself: .*Start again\.\n$/);
    await startsAgain();
  });

  it('ends by one sentence where the disk is full and PostgreSQL goes down, and starts again once there is room', async () => {
    const disk = await smallDisk(224);
    // Where none may be mounted, the test above shows what becomes of a PostgreSQL that ends.
    if (disk === null) return expect(smallDisk(1)).resolves.toBeNull();
    try {
      const settings = { DATA_FOLDER: join(disk.folder, '.promptory') };
      const dev = develop(settings);
      await ready(dev);
      const state: unknown = JSON.parse(await readFile(join(settings.DATA_FOLDER, 'postgres.json'), 'utf8'));
      const [db, password] = [Reflect.get(Object(state), 'port'), Reflect.get(Object(state), 'password')];
      await disk.fill();
      // More than two segments of the write-ahead log, and no row.
      const written = withClient(`postgresql://promptory:${password}@127.0.0.1:${db}/promptory`, (client) =>
        client.query(`SELECT pg_logical_emit_message(true, 'x', repeat('y', 1000000)) FROM generate_series(1, 40)`),
      );
      await expect(written).rejects.toThrow();
      expect(await dev.ended).toBe(1);
      expect(dev.stderr()).toMatch(/^The disk of \S+ is full: make room there, then start again\.\n$/);
      await disk.free();
      const again = develop(settings);
      await ready(again);
      process.kill(-again.pid, 'SIGINT');
      expect(await again.ended).toBe(0);
    } finally {
      await disk.remove();
    }
  });

  it('starts its server anew when a source changes, on the same data, and stops that one by Ctrl-C', async () => {
    const dev = develop();
    await ready(dev);
    const account = accountIn(dev.stdout());
    const starts = (): number => dev.stdout().split('listening').length - 1;
    const before = starts();
    expect(before).toBeGreaterThan(0);
    // What changes is when it was written: what stands in it is the repository's.
    await expect
      .poll(
        async () => {
          await utimes(DEV, new Date(), new Date());
          return starts();
        },
        { interval: 3_000 },
      )
      .toBeGreaterThan(before);
    const status = (): Promise<number> =>
      signIn(account).then(
        (answer) => answer.status,
        () => 0,
      );
    await expect.poll(status).toBe(200);
    expect(dev.child.exitCode).toBeNull();
    process.kill(-dev.pid, 'SIGINT');
    expect(await dev.ended).toBe(0);
    await nothingLeft();
  });

  it('reads a `.env` that is made, broken and mended while it runs, and what its terminal set wins', async () => {
    const root = join(parent, 'copy');
    const dev = develop({}, await copySources(root));
    await ready(dev);
    const account = accountIn(dev.stdout());
    const patience = { timeout: READY_TIMEOUT_MS, interval: 200 };
    const registering = (): Promise<unknown> =>
      fetch(`http://127.0.0.1:${port}/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'new@example.org', password: 'correct horse battery', name: 'New' }),
      }).then(
        async (answer) => Reflect.get(Object(await answer.json()), 'code'),
        () => 'away',
      );
    const settings = (lines: string) => writeFile(join(root, '.env'), lines);
    await settings(`REGISTRATION=closed\nPORT=1\n`);
    const signingIn = () =>
      signIn(account).then(
        ({ status }) => status,
        () => 0,
      );
    await expect.poll(registering, patience).toBe('auth.registration_closed');
    await settings('REGISTRATION=some\n');
    await expect.poll(dev.stdout, patience).toMatch(/^A setting is wrong.*\n {2}REGISTRATION /m);
    await settings('');
    await expect.poll(signingIn, patience).toBe(200);
    process.kill(-dev.pid, 'SIGINT');
    expect(await dev.ended).toBe(0);
    await nothingLeft();
  });

  it('says in one line that its port is in use, before it starts anything', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const taken = (other.address() as AddressInfo).port;
    const dev = develop({ PORT: String(taken) });
    expect(await dev.ended).toBe(1);
    expect(dev.stderr()).toBe(
      `Port ${taken} is in use: stop what listens there, or set another one, such as PORT=${taken + 1}.\n`,
    );
    other.close();
    await nothingLeft();
  });

  it('lists what is wrong in its settings, without a stack', async () => {
    const dev = develop({ CORS_ORIGINS: '*', LOG_LEVEL: 'loud' });
    expect(await dev.ended).toBe(1);
    expect(dev.stderr()).toMatch(/^2 settings are wrong.*\n {2}CORS_ORIGINS .*\n {2}LOG_LEVEL .*\n$/);
    await nothingLeft();
  });

  it('says in one line that its data folder cannot be one', async () => {
    const file = join(parent, 'a-file');
    await writeFile(file, '');
    const dev = develop({ DATA_FOLDER: file });
    expect(await dev.ended).toBe(1);
    expect(dev.stderr()).toMatch(/^The folder for data cannot be made [^\n]*a-file[^\n]*: set DATA_FOLDER [^\n]*\n$/);
    await nothingLeft();
  });

  it('says what to do about a data folder of another major version, and changes nothing in it', async () => {
    const version = join(folder, 'postgres', 'PG_VERSION');
    const mine = await readFile(version, 'utf8');
    await writeFile(version, '15\n');
    const dev = develop();
    expect(await dev.ended).toBe(1);
    expect(dev.stderr()).toMatch(/^[^\n]*was made by PostgreSQL 15[^\n]*\n$/);
    expect(await readFile(version, 'utf8')).toBe('15\n');
    await writeFile(version, mine);
    await nothingLeft();
  });
});
