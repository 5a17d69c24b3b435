import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';

const execute = promisify(execFile);
/** Of the workspace, whose settings of npm must not reach the project. */
const stranger = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$/i.test(name)),
);

export interface Project {
  readonly folder: string;
  /** Runs a program there, and answers what it wrote and its exit code, whatever that is. */
  execute(
    program: string,
    args: readonly string[],
    env?: Record<string, string>,
  ): Promise<{ code: number; stdout: string; stderr: string }>;
}

/** Packs packages of the workspace as a release does, and installs them into an empty project with what else is named. */
export function givenProject(packages: readonly string[], others: readonly string[]): Project {
  const folder = mkdtempSync(join(tmpdir(), 'promptory-project-'));
  beforeAll(async () => {
    const tarballs: string[] = [];
    for (const name of packages) {
      const cwd = join(import.meta.dirname, '../../..', name);
      const { stdout } = await execute('pnpm', ['pack', '--json', '--pack-destination', folder], {
        cwd,
        env: stranger,
      });
      tarballs.push(JSON.parse(stdout.slice(stdout.indexOf('{\n'))).filename);
    }
    writeFileSync(join(folder, 'package.json'), '{ "name": "project", "private": true, "type": "module" }');
    const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs, ...others];
    await execute('npm', args, { cwd: folder, env: stranger });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    execute: (program, args, env = {}) =>
      execute(program, args, { cwd: folder, env: { ...stranger, ...env } }).then(
        (ended) => ({ code: 0, ...ended }),
        ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
      ),
  };
}
