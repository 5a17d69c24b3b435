import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bareEnvironment, ROOT, type Settings } from './run-server.ts';

const RUN_DEV = 'apps/server/src/dev/run-dev.ts';
/** Of the repository. */
export const DEV = join(ROOT, RUN_DEV);
export const READY_TIMEOUT_MS = 180_000;

/** What `pnpm dev` runs, in a process group of its own. */
export interface Development {
  readonly child: ChildProcess;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<number | null>;
}

/** Starts development as a terminal does. Whoever calls it ends it. */
export function startDevelopment(settings: Settings, script = DEV): Development {
  const child = spawn(process.execPath, ['--conditions=@promptory/source', script], {
    env: { ...bareEnvironment(), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return {
    child,
    pid: child.pid ?? 0,
    stdout: () => out,
    stderr: () => err,
    ended: once(child, 'close').then(([code]: Array<number | null>) => code ?? null),
  };
}

/** Ends what may run still of it, at once. */
export function killDevelopment({ pid }: Development): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
}

/** @throws Error with all that it said, where it has not come to serve */
export async function ready(dev: Development): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!dev.stdout().includes('Promptory is ready')) {
    if (dev.child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`Development is not ready. It said:\n${dev.stdout()}${dev.stderr()}`);
    }
    await sleep(50);
  }
}

/**
 * The sources of the server and of the console in a root of their own, where they may be changed; all else is the repository's.
 *
 * @returns what runs development there
 */
export async function copySources(root: string): Promise<string> {
  for (const [app, parts] of [
    ['apps/server', ['src', 'package.json']],
    ['apps/console', ['src', 'scripts', 'index.html', 'package.json', 'tsconfig.json']],
  ] as const) {
    for (const part of parts) await cp(join(ROOT, app, part), join(root, app, part), { recursive: true });
    await symlink(join(ROOT, app, 'node_modules'), join(root, app, 'node_modules'));
  }
  for (const part of ['packages', 'tsconfig.base.json']) await symlink(join(ROOT, part), join(root, part));
  return join(root, RUN_DEV);
}
