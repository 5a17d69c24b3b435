import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, EmbeddedPostgresError, openEmbedded } from './index.ts';
import { isLiving, processIdentity } from './ownership/process-identity.ts';
import { readPostmaster, servesFolder } from './server/postmaster.ts';
import { unprivilegedUser } from './server/unprivileged-user.ts';

const HOLD = fileURLToPath(new URL('../../test/hold-embedded.ts', import.meta.url));

let readyMade: string;
let parent: string;
let folder: string;
let opened: EmbeddedPostgres[];
let children: ChildProcess[];
beforeAll(async () => {
  readyMade = await newParent();
  await (await openEmbedded({ folder: join(readyMade, '.promptory') })).close();
});
afterAll(() => rm(readyMade, { recursive: true, force: true }));
beforeEach(async () => {
  parent = await newParent();
  folder = join(parent, '.promptory');
  opened = [];
  children = [];
  await copyFolder(join(readyMade, '.promptory'), folder);
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const embedded of opened) await embedded.close();
  const postmaster = await readPostmaster(join(folder, 'postgres'));
  if (postmaster && (await servesFolder(postmaster.pid, join(folder, 'postgres'))))
    process.kill(postmaster.pid, 'SIGQUIT');
  await rm(parent, { recursive: true, force: true, maxRetries: 5 });
});

async function newParent(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'promptory-embedded-'));
  await chmod(made, 0o755);
  return made;
}

async function copyFolder(from: string, to: string): Promise<void> {
  const [code] = await once(spawn('cp', ['-a', from, to], { stdio: 'inherit' }), 'close');
  if (code !== 0) throw new Error(`cp ended with ${code}.`);
}

async function open(): Promise<EmbeddedPostgres> {
  const embedded = await openEmbedded({ folder });
  opened.push(embedded);
  return embedded;
}

/** Opens in a process of its own; `ended` gives what it printed last. */
async function openElsewhere(): Promise<{ child: ChildProcess; adopted: boolean; ended: Promise<string> }> {
  const child = spawn(process.execPath, [HOLD, folder], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  children.push(child);
  const lines: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
  const ended = once(child, 'close').then(() => lines.at(-1) ?? '');
  while (lines.length === 0 && child.exitCode === null && child.signalCode === null) await sleep(10);
  const first: unknown = JSON.parse(lines[0] ?? '{}');
  return { child, adopted: Reflect.get(Object(first), 'adopted') === true, ended };
}

async function query(embedded: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: embedded.ownerConnectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** A session of its own, which somebody else ends. */
async function session(embedded: EmbeddedPostgres): Promise<{ pid: number; ended: Promise<void> }> {
  const client = new pg.Client({ connectionString: embedded.ownerConnectionString });
  client.on('error', () => undefined);
  await client.connect();
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  const [row] = (await client.query('select pg_backend_pid() as pid')).rows;
  return { pid: Number(Reflect.get(Object(row), 'pid')), ended };
}

async function serverOf(dataFolder: string): Promise<{ pid: number; identity: string }> {
  const postmaster = await readPostmaster(dataFolder);
  if (!postmaster) throw new Error('No server runs.');
  return { pid: postmaster.pid, identity: processIdentity(postmaster.pid) };
}

const port = (embedded: EmbeddedPostgres): string => new URL(embedded.connectionString).port;

describe('openEmbedded', () => {
  it('makes a durable, private cluster that finds Chinese, and keeps data, port and password', async () => {
    await rm(folder, { recursive: true });
    const first = await open();
    expect(first.adopted).toBe(false);
    for (const url of [first.connectionString, first.ownerConnectionString])
      expect(url).toMatch(/^postgresql:\/\/\w+:[^@/]{16,}@127\.0\.0\.1:\d+\/promptory$/);
    await query(first, 'create extension pg_trgm; create table kept (n int); insert into kept values (1)');
    expect(
      await query(
        first,
        `select current_setting('fsync') as fsync, current_setting('listen_addresses') as listen,
           current_setting('server_encoding') as encoding,
           cardinality(show_trgm('中文')) as trigrams,
           (select rolsuper from pg_roles where rolname = current_user) as super`,
      ),
    ).toEqual([{ fsync: 'on', listen: '127.0.0.1', encoding: 'UTF8', trigrams: 3, super: false }]);
    expect((await stat(join(folder, 'postgres.json'))).mode & 0o777).toBe(0o600);
    const { identity } = await serverOf(first.dataFolder);
    await first.close();
    await expect.poll(() => isLiving(identity)).toBe(false);
    const second = await open();
    expect(second.connectionString).toBe(first.connectionString);
    expect(await query(second, 'select n from kept')).toEqual([{ n: 1 }]);
  });

  it('loses no acknowledged write when the server is killed, five times over', async () => {
    let embedded = await open();
    await query(embedded, 'create table written (n int)');
    let acknowledged = 0;
    for (let round = 0; round < 5; round += 1) {
      const client = new pg.Client({ connectionString: embedded.ownerConnectionString });
      client.on('error', () => undefined);
      await client.connect();
      const { pid } = await serverOf(embedded.dataFolder);
      const enough = acknowledged + 20 + round;
      try {
        for (;;) {
          // It is killed while the next one is written.
          if (acknowledged === enough) setImmediate(() => process.kill(pid, 'SIGKILL'));
          await client.query('insert into written values ($1)', [acknowledged + 1]);
          acknowledged += 1;
        }
      } catch {
        expect(acknowledged).toBeGreaterThanOrEqual(enough);
      }
      const before = embedded;
      embedded = await open();
      await before.close();
      const [row] = await query(embedded, 'select count(distinct n)::int as n from written');
      const kept: unknown = Reflect.get(Object(row), 'n');
      // The last one may have been written and not been acknowledged.
      expect([acknowledged, acknowledged + 1]).toContain(kept);
      acknowledged = Number(kept);
    }
  });

  it('shares one server among processes that start together, and stops it after the last', async () => {
    const all = await Promise.all([openElsewhere(), openElsewhere(), openElsewhere(), openElsewhere()]);
    expect(all.map(({ adopted }) => adopted).sort()).toEqual([false, true, true, true]);
    const { identity } = await serverOf(join(folder, 'postgres'));
    for (const [index, { child, ended }] of all.entries()) {
      expect(isLiving(identity)).toBe(true);
      child.stdin?.end();
      expect(await ended).toBe('{"one":1}');
      await expect.poll(() => isLiving(identity)).toBe(index < 3);
    }
  });

  it('survives Ctrl-C in the terminal until its process has finished with it', async () => {
    const { child, ended } = await openElsewhere();
    const { identity } = await serverOf(join(folder, 'postgres'));
    process.kill(-(child.pid ?? 0), 'SIGINT');
    expect(await ended).toBe('{"one":1}');
    await expect.poll(() => isLiving(identity)).toBe(false);
  });

  it('takes over the server of a process that was killed, and stops it', async () => {
    const { child, ended } = await openElsewhere();
    child.kill('SIGKILL');
    await ended;
    const embedded = await open();
    expect(embedded.adopted).toBe(true);
    const { identity } = await serverOf(embedded.dataFolder);
    await embedded.close();
    await expect.poll(() => isLiving(identity)).toBe(false);
  });

  it('waits for a server that recovers from the crash of a session', async () => {
    const first = await open();
    const { identity } = await serverOf(first.dataFolder);
    const sessions = await Promise.all([session(first), session(first)]);
    // The server recovers once every session has ended, which the halted one does when it is killed five seconds later.
    process.kill(sessions[0].pid, 'SIGSTOP');
    process.kill(sessions[1].pid, 'SIGKILL');
    await expect(sessions[1].ended).resolves.toBeUndefined();
    const state = () => query(first, 'select 1').then(null, (error: unknown) => Reflect.get(Object(error), 'code'));
    // Until the server has seen the crash, a connection may still begin, and ends with the others.
    await expect.poll(state).toBe('57P03');
    const second = await open();
    expect(second.adopted).toBe(true);
    expect(await serverOf(second.dataFolder)).toMatchObject({ identity });
    expect(await query(second, 'select 1 as one')).toEqual([{ one: 1 }]);
    await sessions[0].ended;
  });

  it('starts after its first process was killed in the middle of making the cluster', async () => {
    await rm(folder, { recursive: true });
    for (const delay of [250, 500, 800, 1_200]) {
      const child = spawn(process.execPath, [HOLD, folder], { stdio: ['pipe', 'ignore', 'ignore'] });
      const closed = once(child, 'close');
      await sleep(delay);
      child.kill('SIGKILL');
      await closed;
    }
    expect(await query(await open(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts when the pid that a crash left belongs to another program', async () => {
    const first = await open();
    const pidFile = join(first.dataFolder, 'postmaster.pid');
    const left = await readFile(pidFile, 'utf8');
    await first.close();
    const user = unprivilegedUser();
    const innocent = spawn('sleep', ['3600'], { stdio: 'ignore', ...(user && { uid: user.uid, gid: user.gid }) });
    children.push(innocent);
    await writeFile(pidFile, left.replace(/^\d+/, String(innocent.pid)));
    const second = await open();
    expect(second.adopted).toBe(false);
    expect(innocent.exitCode ?? innocent.signalCode).toBeNull();
  });

  it('takes another port when its own is in use', async () => {
    const first = await open();
    await query(first, 'create table kept (n int)');
    await first.close();
    const squatter = createServer();
    squatter.listen(Number(port(first)), '127.0.0.1');
    await once(squatter, 'listening');
    const second = await open();
    expect(port(second)).not.toBe(port(first));
    expect(await query(second, 'select n from kept')).toEqual([]);
    squatter.close();
  });

  it('opens its data when the file with the password is lost', async () => {
    const first = await open();
    await query(first, 'create table kept (n int)');
    await first.close();
    await rm(join(folder, 'postgres.json'));
    expect(await query(await open(), 'select n from kept')).toEqual([]);
  });

  it('gives a copied project data of its own, also while the original runs', async () => {
    const first = await open();
    await query(first, 'create table kept (n int)');
    const copy = join(parent, 'copy');
    await copyFolder(folder, copy);
    const second = await openEmbedded({ folder: copy });
    opened.push(second);
    expect(second.dataFolder).toBe(join(copy, 'postgres'));
    expect(port(second)).not.toBe(port(first));
    await query(second, 'insert into kept values (2)');
    expect(await query(first, 'select n from kept')).toEqual([]);
  });

  it('refuses data of another major version in one line and leaves it as it is', async () => {
    const { dataFolder, close } = await open();
    await close();
    await writeFile(join(dataFolder, 'PG_VERSION'), '14\n');
    const failure = await open().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EmbeddedPostgresError);
    expect(String(failure)).toMatch(/made by PostgreSQL 14.* or move the folder away to start empty\.$/);
    expect(String(failure)).not.toContain('\n');
    expect(existsSync(join(dataFolder, 'base'))).toBe(true);
  });

  it('refuses a data folder that holds something else', async () => {
    await rm(folder, { recursive: true });
    await mkdir(join(folder, 'postgres'), { recursive: true });
    await writeFile(join(folder, 'postgres', 'thesis.txt'), 'mine');
    await expect(open()).rejects.toThrow('holds files but is no PostgreSQL data folder');
    expect(await readFile(join(folder, 'postgres', 'thesis.txt'), 'utf8')).toBe('mine');
  });

  it('empties its log when that has grown beyond 10 MB', async () => {
    await (await open()).close();
    const log = join(folder, 'postgres.log');
    await writeFile(log, Buffer.alloc(11 * 1024 * 1024, 'x'));
    await (await open()).close();
    expect((await stat(log)).size).toBeLessThan(1024 * 1024);
  });

  if (process.getuid?.() === 0) {
    it('works as root under a folder that is closed to others, also after the folder was moved', async () => {
      await rm(folder, { recursive: true });
      await chmod(parent, 0o700);
      const first = await open();
      expect(first.dataFolder.startsWith(parent)).toBe(false);
      try {
        await query(first, 'create table kept (n int)');
        await first.close();
        await rename(folder, join(parent, 'moved'));
        folder = join(parent, 'moved');
        const second = await open();
        expect(second.dataFolder).toBe(first.dataFolder);
        expect(await query(second, 'select n from kept')).toEqual([]);
        await second.close();
      } finally {
        await rm(first.dataFolder, { recursive: true, force: true });
      }
    });
  }
});
