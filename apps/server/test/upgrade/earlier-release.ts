import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bareEnvironment, ROOT } from '../e2e/harness/run-server.ts';
import type { ContractShape } from './contract-shape.ts';

/** The file that says what the release before is, written by record-contract.ts. */
export const RECORD = fileURLToPath(new URL('earlier-release.json', import.meta.url));

export interface EarlierRelease {
  readonly commit: string;
  /** The last of its migrations. */
  readonly stamp: string;
  readonly contract: ContractShape;
}

export const earlierRelease = (): EarlierRelease => JSON.parse(readFileSync(RECORD, 'utf8'));

/** The release before, installed as it was, to be run: kept for the next time. Null where git does not know its commit. */
export function checkOut({ commit }: EarlierRelease): string | null {
  const folder = join(ROOT, '.promptory/releases', commit);
  if (existsSync(folder)) return folder;
  if (spawnSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: ROOT }).status !== 0) return null;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    const files = execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 2 ** 30 });
    execFileSync('tar', ['-x', '-C', unfinished], { input: files });
    // Of its own workspace alone, not of this one, in whose folder it lies.
    execFileSync('pnpm', ['install', '--frozen-lockfile', '--prefer-offline', '--ignore-scripts'], {
      cwd: unfinished,
      env: bareEnvironment(),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
