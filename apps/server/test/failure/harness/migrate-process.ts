import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bareEnvironment, ROOT } from '../../e2e/harness/run-server.ts';
import { killedAtExit } from '../../harness/killed-at-exit.ts';

/** A `pnpm migrate` in a process of its own. */
export interface MigrateProcess {
  /** The migrations that it says to have applied so far, in their order. */
  readonly applied: readonly string[];
  /** Its exit code; null where it was killed. */
  readonly ended: Promise<number | null>;
  kill(): void;
  /** All that it has said. */
  said(): string;
}

/**
 * @param onApplied called with each migration as soon as it is said to be applied
 * @param root of another checkout, whose migrations they are
 */
export function startMigrating(
  urls: { readonly DATABASE_OWNER_URL: string; readonly DATABASE_URL: string },
  onApplied: (name: string) => void = () => undefined,
  root = ROOT,
): MigrateProcess {
  const script = join(root, 'packages/db/src/cli/migrate.ts');
  const child = spawn(process.execPath, ['--conditions=@promptory/source', script], {
    cwd: root,
    env: { ...bareEnvironment(), ...urls },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  killedAtExit(child);
  const applied: string[] = [];
  let [text, rest] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const name = /^applied (\S+)$/.exec(line)?.[1];
      if (name === undefined) continue;
      applied.push(name);
      onApplied(name);
    }
  });
  return {
    applied,
    ended: once(child, 'close').then(([code]) => code as number | null),
    kill: () => void child.kill('SIGKILL'),
    said: () => text,
  };
}
