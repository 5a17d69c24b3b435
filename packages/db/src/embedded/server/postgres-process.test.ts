import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { freePort, initialiseCluster, startServer, stopServer } from './postgres-process.ts';

afterEach(() => vi.unstubAllEnvs());

function newFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'promptory-cluster-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** A program that is a few lines of shell. */
async function program(folder: string, lines: string): Promise<string> {
  const path = join(folder, 'program');
  await writeFile(path, `#!/bin/sh\n${lines}\n`);
  await chmod(path, 0o755);
  return path;
}

/** Makes a cluster by a program that makes nothing, and says what lies in the folder then. */
async function leftBy(initdb: string, root = newFolder()) {
  const made = initialiseCluster({
    ...{ binaries: { initdb, major: 18 } as Parameters<typeof initialiseCluster>[0]['binaries'], user: undefined },
    ...{ dataFolder: join(root, 'data-18'), workFolder: join(root, 'work'), password: 'secret', durable: false },
    settings: ['jit = off', 'max_connections = 100'],
  });
  const outcome = await made.then(
    () => 'made',
    ({ name, message }: Error) => `${name}: ${message}`,
  );
  return { outcome, left: await readdir(root), root };
}

it('leaves of a new cluster its data alone, with its settings and not its password', async () => {
  const { outcome, left, root } = await leftBy('true');
  expect([outcome, left, await readdir(join(root, 'data-18'))]).toEqual(['made', ['data-18'], ['postgresql.conf']]);
  const settings = await readFile(join(root, 'data-18', 'postgresql.conf'), 'utf8');
  expect(settings).toBe('\njit = off\nmax_connections = 100\n');
});

it('leaves nothing of a cluster that could not be made, and says how its program ended', async () => {
  expect(await leftBy('false')).toMatchObject({ outcome: 'EmbeddedPostgresError: false failed (1): ', left: [] });
  const none = join(tmpdir(), 'promptory-no-such-program');
  expect(await leftBy(none)).toMatchObject({
    outcome: `EmbeddedPostgresError: ${none} failed (spawn ${none} ENOENT): `,
    left: [],
  });
  const [killed, loud] = [newFolder(), newFolder()];
  const { outcome } = await leftBy(await program(killed, 'kill -9 $$'), killed);
  expect(outcome).toMatch(/failed \(SIGKILL\): $/);
  const said = await leftBy(
    await program(loud, 'for n in 1 2 3; do echo out $n; echo err $n >&2; sleep 0.05; done; exit 3'),
    loud,
  );
  expect(said.outcome).toMatch(/failed \(3\): err 1 \| out 2 \| err 2 \| out 3 \| err 3$/);
});

it('makes it as orders and letters need it, knows its password by a file of its own, and shows nothing of our environment', async () => {
  vi.stubEnv('JWT_SECRET', 'a secret');
  const root = newFolder();
  const initdb = await program(
    root,
    `for each in "$@"; do echo "$each" | sed "s#$(dirname "$0")#.#"; case "$each" in --pwfile=*) cat "\${each#--pwfile=}"; echo; stat -c %a "\${each#--pwfile=}";; esac; done > "$(dirname "$0")/given"; stat -c %a . >> "$(dirname "$0")/given"; env | sort >> "$(dirname "$0")/given"`,
  );
  expect((await leftBy(initdb, root)).outcome).toBe('made');
  const given = (await readFile(join(root, 'given'), 'utf8')).split('\n');
  expect(given.slice(0, 13)).toEqual([
    ...['--pgdata=./work/data', expect.stringMatching(/^--username=\w+$/), '--pwfile=./work/password', 'secret', '600'],
    ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...['--lc-collate=C', '--lc-ctype=C.UTF-8', '--no-instructions', '--no-sync'],
  ]);
  expect(given[13]).toBe('700');
  const names = given.slice(14).map((line) => line.split('=')[0]);
  expect(names).toEqual(expect.arrayContaining(['LC_ALL', 'PATH', 'TZ']));
  expect(names).not.toContain('JWT_SECRET');
});

it('says why a server does not start, by the last of what it wrote into its log', async () => {
  const root = newFolder();
  const log = join(root, 'log');
  await writeFile(log, 'of a start before\n');
  const started = async (lines: string): Promise<unknown> =>
    startServer({
      ...{ binaries: { postgres: await program(root, lines) } as Parameters<typeof startServer>[0]['binaries'] },
      ...{ user: undefined, dataFolder: root, logFile: log, port: 9, timeoutMs: 60_000 },
    });
  await expect(started('echo "FATAL: no room"; exit 4')).rejects.toThrow(/exit 4.*FATAL: no room/s);
  await expect(started('kill -9 $$')).rejects.toThrow(/exit SIGKILL/);
  // The lowest number of a file that is free: one higher where the log were left open.
  const nextFile = async (): Promise<number> => {
    const file = await open(log);
    const { fd } = file;
    await file.close();
    return fd;
  };
  const before = await nextFile();
  await expect(started('exit 5')).rejects.not.toThrow(/of a start before|no room/);
  expect(await nextFile()).toBe(before);
});

it('stops a server as it is told, and takes one that is gone for stopped', async () => {
  const root = newFolder();
  const stopped = async (lines: string): Promise<string> => {
    const pgCtl = await program(root, `echo "$@" >> "${root}/asked"; ${lines}`);
    await stopServer({ pgCtl } as Parameters<typeof stopServer>[0], undefined, root);
    return readFile(join(root, 'asked'), 'utf8');
  };
  const asked = `stop -D ${root} -m fast -w -t 30 -s\n`;
  expect(await stopped('exit 0')).toBe(asked);
  // It has failed, and no server is there any more: nothing is asked for once more.
  expect(await stopped('exit 1')).toBe(asked + asked);
});

it('finds a free port, the wanted one where nobody has it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const other = await freePort(port);
  expect(other).toBeGreaterThan(1_023);
  expect(other).not.toBe(port);
  await new Promise((resolve) => server.close(resolve));
  expect(await freePort(port)).toBe(port);
});
