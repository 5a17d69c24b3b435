import { spawn } from 'node:child_process';
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from '../embedded-postgres-error.ts';
import type { Binaries } from './binaries.ts';
import { fullDiskError } from './full-disk.ts';
import { readPostmaster } from './postmaster.ts';
import type { UnprivilegedUser } from './unprivileged-user.ts';

/** The role that initdb makes; the application's own role is no superuser. */
export const SUPERUSER = 'postgres';

export interface InitialiseOptions {
  binaries: Binaries;
  user: UnprivilegedUser | undefined;
  /** Must not exist, or be empty. Appears whole or not at all. */
  dataFolder: string;
  /** A scratch folder beside it, made here and removed again. */
  workFolder: string;
  password: string;
  /** Lines for postgresql.conf. */
  settings: readonly string[];
  /** False leaves out fsync: for clusters that live as long as one test run. */
  durable: boolean;
}

/** Runs initdb in a folder beside the wanted one and renames it at the end, so that no half cluster is ever found. */
export async function initialiseCluster(options: InitialiseOptions): Promise<void> {
  const { binaries, user, dataFolder, workFolder, password, settings, durable } = options;
  const unfinished = join(workFolder, 'data');
  const passwordFile = join(workFolder, 'password');
  try {
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user) for (const path of [workFolder, unfinished, passwordFile]) await chown(path, user.uid, user.gid);
    await runProgram(
      binaries.initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        ...localeOptions(binaries.major),
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      user,
      unfinished,
    );
    const configuration = join(unfinished, 'postgresql.conf');
    await writeFile(configuration, `\n${settings.join('\n')}\n`, { flag: 'a' });
    await rename(unfinished, dataFolder);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

/**
 * Orders by code point on every system, and takes letters of every script for letters: pg_trgm asks the C library,
 * through LC_CTYPE, and finds no trigrams in Chinese text under plain C.
 */
function localeOptions(major: number): string[] {
  // Before 17 there is none but the C library's, of which `C` orders by code point too.
  const provider = major < 17 ? [] : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  if (process.platform === 'win32') return [...provider, '--lc-collate=C'];
  const ctype = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  return [...provider, '--lc-collate=C', `--lc-ctype=${ctype}`];
}

export interface StartOptions {
  binaries: Binaries;
  user: UnprivilegedUser | undefined;
  dataFolder: string;
  logFile: string;
  port: number;
  /** Crash recovery included. */
  timeoutMs: number;
}

/**
 * Starts PostgreSQL in a session of its own, so that Ctrl-C in our terminal does not reach it before we are done, and
 * waits until it takes connections. Answers its process id. Throws EmbeddedPostgresError with the last lines of its log.
 */
export async function startServer(options: StartOptions): Promise<number> {
  const { binaries, user, dataFolder, logFile, port, timeoutMs } = options;
  const log = await open(logFile, 'a', 0o600);
  try {
    const { size } = await log.stat();
    const child = spawn(binaries.postgres, ['-D', dataFolder, '-p', String(port)], {
      cwd: dataFolder,
      detached: true,
      env: serverEnvironment(),
      stdio: ['ignore', log.fd, log.fd],
      windowsHide: true,
      ...(user && { uid: user.uid, gid: user.gid }),
    });
    let ended: string | undefined;
    child.once('error', (error) => {
      ended = error.message;
    });
    child.once('exit', (code, signal) => {
      ended = `exit ${code ?? signal}`;
    });
    child.unref();
    const deadline = Date.now() + timeoutMs;
    while (ended === undefined && Date.now() < deadline) {
      await sleep(20);
      const postmaster = await readPostmaster(dataFolder);
      if (child.pid !== undefined && postmaster?.pid === child.pid && postmaster.ready) return child.pid;
    }
    if (ended === undefined) child.kill('SIGQUIT');
    const lastLines = (await readFile(logFile))
      .subarray(size)
      .toString('utf8')
      .trim()
      .split('\n')
      .slice(-5)
      .join(' | ');
    throw (
      (await fullDiskError(dataFolder, lastLines)) ??
      new EmbeddedPostgresError(`PostgreSQL did not start (${ended ?? 'timed out'}): ${lastLines} (more in ${logFile})`)
    );
  } finally {
    await log.close();
  }
}

/** Stops the server of a data folder and waits until it is gone. Sessions are ended, what was committed is kept. */
export async function stopServer(
  binaries: Binaries,
  user: UnprivilegedUser | undefined,
  dataFolder: string,
  mode: 'fast' | 'immediate' = 'fast',
  seconds = 30,
): Promise<void> {
  const stop = (how: string): Promise<void> =>
    runProgram(binaries.pgCtl, ['stop', '-D', dataFolder, '-m', how, '-w', '-t', `${seconds}`, '-s'], user, dataFolder);
  try {
    await stop(mode);
  } catch (error) {
    if ((await readPostmaster(dataFolder)) === undefined) return;
    if (mode === 'immediate') throw error;
    await stop('immediate');
  }
}

/** Runs one of PostgreSQL's programs to its end. Throws EmbeddedPostgresError with the last lines of its output. */
export async function runProgram(
  program: string,
  args: readonly string[],
  user: UnprivilegedUser | undefined,
  cwd: string,
  input = '',
): Promise<void> {
  const child = spawn(program, args, {
    cwd,
    env: serverEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-4_000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (exit, signal) => resolve(exit ?? signal ?? 'unknown'));
  });
  if (code !== 0) {
    throw (
      (await fullDiskError(cwd, output)) ??
      new EmbeddedPostgresError(`${program} failed (${code}): ${output.trim().split('\n').slice(-5).join(' | ')}`)
    );
  }
}

/** Only what PostgreSQL needs: our own environment holds secrets, and its processes may belong to another user. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const inherited = ['PATH', 'SystemRoot', 'ComSpec', 'TEMP', 'TMP'];
  const env: NodeJS.ProcessEnv = { LC_ALL: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C', TZ: 'UTC' };
  for (const name of inherited) if (process.env[name] !== undefined) env[name] = process.env[name];
  return env;
}

/** A TCP port of 127.0.0.1 that nothing listens on now: `wanted` if it is free, else any. */
export async function freePort(wanted?: number): Promise<number> {
  const tryPort = (port: number): Promise<number | undefined> =>
    new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(undefined));
      server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
        const address = server.address();
        const bound = typeof address === 'object' && address ? address.port : undefined;
        server.close(() => resolve(bound));
      });
    });
  const port = (wanted === undefined ? undefined : await tryPort(wanted)) ?? (await tryPort(0));
  if (port === undefined) throw new EmbeddedPostgresError('No free port on 127.0.0.1 was found for PostgreSQL.');
  return port;
}
