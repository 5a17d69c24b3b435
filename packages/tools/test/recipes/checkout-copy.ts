import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Edit } from './recipe.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../../..');

/** What no clone has: what is installed, built or kept on this machine. */
const LOCAL = new Set(['.git', '.promptory', '.turbo', 'coverage', 'dist', 'node_modules']);
const isLocal = (name: string): boolean => LOCAL.has(name) || /^\.env(?!\.example$)/.test(name);

/** A checkout in a folder of its own, in which files may be changed and scripts run. */
export interface CheckoutCopy {
  readonly root: string;
  /** Runs a script of the root's package.json, and answers what it prints. */
  script(name: string, ...args: string[]): Promise<string>;
  /** Makes an edit, and answers the file. */
  apply(edit: Edit): Promise<string>;
  /** Files that differ from the last time, from the root, sorted. */
  changedFiles(): Promise<string[]>;
  remove(): Promise<void>;
}

/** Copies the checkout as it stands, and installs it from what this machine has of its packages. */
export async function copyCheckout(): Promise<CheckoutCopy> {
  const root = await mkdtemp(join(tmpdir(), 'promptory-recipes-'));
  await cp(ROOT, root, { recursive: true, filter: (path) => path === ROOT || !isLocal(basename(path)) });
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    CI: 'true',
    NO_COLOR: '1',
    TURBO_TELEMETRY_DISABLED: '1',
  };
  const pnpm = async (...args: string[]): Promise<string> => {
    const cli = join(ROOT, 'node_modules/pnpm/bin/pnpm.cjs');
    const ended = await run(process.execPath, [cli, ...args], { cwd: root, env, maxBuffer: 2 ** 26 }).catch(
      (failure: { stdout: string; stderr: string }) => {
        throw new Error(`pnpm ${args.join(' ')} failed.\n${failure.stdout.slice(-20_000)}\n${failure.stderr}`);
      },
    );
    return ended.stdout;
  };
  await pnpm('install', '--offline', '--frozen-lockfile');
  let known = await hashesIn(root);

  return {
    root,
    script: (name, ...args) => pnpm('run', name, ...args),
    async apply({ file, before, after }) {
      const [path = file, ...others] = await namesIn(root, file.replace('…', '*'));
      const text = await readFile(join(root, path), 'utf8');
      const times = text.split(before).length - 1;
      if (others.length > 0 || times !== 1) throw new Error(`${file} holds ${times} times:\n${before}`);
      await writeFile(
        join(root, path),
        text.replace(before, () => after),
      );
      return path;
    },
    async changedFiles() {
      const now = await hashesIn(root);
      const names = new Set([...known.keys(), ...now.keys()]);
      const changed = [...names].filter((name) => known.get(name) !== now.get(name)).sort();
      known = now;
      return changed;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

async function namesIn(root: string, pattern: string): Promise<string[]> {
  const names: string[] = [];
  const files = glob(pattern, { cwd: root, withFileTypes: true, exclude: ({ name }) => isLocal(name) });
  for await (const entry of files) {
    if (entry.isFile()) names.push(join(entry.parentPath, entry.name).slice(root.length + 1));
  }
  return names;
}

async function hashesIn(root: string): Promise<ReadonlyMap<string, string>> {
  const names = await namesIn(root, '**');
  const hashes = names.map(async (name) => {
    const hash = createHash('sha256').update(await readFile(join(root, name)));
    return [name, hash.digest('hex')] as const;
  });
  return new Map(await Promise.all(hashes));
}
