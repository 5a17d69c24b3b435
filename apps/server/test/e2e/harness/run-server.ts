import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { killedAtExit } from '../../harness/killed-at-exit.ts';

/** In a checkout. */
const MAIN = 'apps/server/src/main.ts';
/** The repository's root. */
export const ROOT = fileURLToPath(new URL('../../../../..', import.meta.url));

// Both only end what hangs, on a machine however busy.
const READY_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 60_000;

export type Settings = Readonly<Record<string, string>>;

/** A server in a process of its own. */
export interface ServerProcess {
  /** Without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** Everything that it has written so far. */
  log(): string;
  /** What it logged at `error` or above, as it wrote it. */
  failures(): string[];
  /** Asks it to end, by SIGTERM, as a supervisor does. @throws Error when it does not end with exit code 0 */
  stop(): Promise<void>;
  /** As a power cut ends it. */
  kill(): Promise<void>;
}

/** What a process that has ended leaves behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunServerOptions {
  /** The file of a cgroup in which its processes are named. */
  readonly group?: string | undefined;
  /** Of another checkout, whose server it is. */
  readonly root?: string;
}

/** Only what a process needs to run at all: settings of whoever runs the tests would change what is tested. */
export const bareEnvironment = (): Settings => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
  ...Object.fromEntries(
    ['TMPDIR', 'NODE_COMPILE_CACHE'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  ),
});

/** That of a stranger's project: the workspace's settings of npm and pnpm must not reach it. */
export const strangersEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$/i.test(name)));

function spawnServer(settings: Settings, { group, root = ROOT }: RunServerOptions = {}): ChildProcess {
  const command = [process.execPath, '--conditions=@promptory/source', join(root, MAIN)];
  const [program = '', ...args] =
    group === undefined ? command : ['/bin/sh', '-c', 'echo $$ > "$0" && exec "$@"', group, ...command];
  const child = spawn(program, args, {
    cwd: root,
    env: { ...bareEnvironment(), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  killedAtExit(child);
  return child;
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: string[] = [];
  stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}

/** Starts a server that must not come up, and waits for its end. */
export async function runUntilEnd(settings: Settings): Promise<Ended> {
  const child = spawnServer(settings);
  const stdout = textOf(child.stdout);
  const stderr = textOf(child.stderr);
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_TIMEOUT_MS);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Starts the server on a free port of 127.0.0.1 and waits until it is ready. */
export async function runServer(settings: Settings, options: RunServerOptions = {}): Promise<ServerProcess> {
  const child = spawnServer({ HOST: '127.0.0.1', PORT: '0', ...settings }, options);
  const log = textOf(child.stdout);
  const stderr = textOf(child.stderr);
  const ended = once(child, 'close');
  const fail = (what: string): Error => new Error(`The server ${what}. It said:\n${log()}${stderr()}`);

  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const url = await whenReady(child, log).catch(async (error: Error) => {
    await kill();
    throw fail(error.message);
  });
  return {
    url,
    pid: child.pid ?? 0,
    log: () => log() + stderr(),
    failures: () => log().match(/^\{"level":"(?:error|fatal)".*$/gm) ?? [],
    kill,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      const [code, signal] = await ended;
      clearTimeout(timer);
      if (code !== 0) throw fail(`ended with ${code ?? signal} after SIGTERM`);
    },
  };
}

async function whenReady(child: ChildProcess, log: () => string): Promise<string> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('ended before it was ready');
    const url = /"url":"([^"]+)".*"msg":"listening"/.exec(log())?.[1];
    if (url !== undefined && (await isReady(url))) return url;
    await sleep(20);
  }
  throw new Error('was not ready in time');
}

/** Whether a server says that it can serve. */
export const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.ok;
    },
    () => false,
  );
