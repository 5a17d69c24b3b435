import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

let root = '';

/** The module in a project of its own, whose `.env` says this. */
async function givenProject(env: string | null): Promise<typeof import('./project-root.ts')> {
  root = mkdtempSync(join(tmpdir(), 'promptory-root-'));
  const folder = join(root, 'apps/server/src/settings');
  mkdirSync(folder, { recursive: true });
  cpSync(join(import.meta.dirname, 'project-root.ts'), join(folder, 'project-root.ts'));
  if (env !== null) writeFileSync(join(root, '.env'), env);
  for (const name of ['GIVEN', 'OF_FILE', 'LATER']) vi.stubEnv(name, undefined);
  return import(/* @vite-ignore */ join(folder, 'project-root.ts'));
}

it('reads .env of the root; what is set already wins', async () => {
  const project = await givenProject('GIVEN=file\nOF_FILE=file\n');
  vi.stubEnv('GIVEN', 'environment');
  project.loadEnvFile();
  expect([process.env.GIVEN, process.env.OF_FILE]).toEqual(['environment', 'file']);
  expect(project.namesInEnvFile()).toEqual(['GIVEN', 'OF_FILE']);
});

it('forgets what an earlier .env said, and nothing that was given', async () => {
  const project = await givenProject('OF_FILE=file\n');
  const given = { ...process.env, GIVEN: 'environment' };
  project.useEnvFile(given);
  expect([process.env.GIVEN, process.env.OF_FILE]).toEqual(['environment', 'file']);
  writeFileSync(join(root, '.env'), 'LATER=file\n');
  project.useEnvFile(given);
  expect([process.env.GIVEN, process.env.OF_FILE, process.env.LATER]).toEqual(['environment', undefined, 'file']);
});

it('takes who serves for production, unless something else is said', async () => {
  const project = await givenProject('NODE_ENV=staging\n');
  vi.stubEnv('NODE_ENV', undefined);
  project.loadServingEnv();
  expect(process.env.NODE_ENV).toBe('staging');
  rmSync(join(root, '.env'));
  for (const [said, taken] of [
    [undefined, 'production'],
    ['', 'production'],
    ['development', 'development'],
  ]) {
    vi.stubEnv('NODE_ENV', said);
    project.loadServingEnv();
    expect(process.env.NODE_ENV).toBe(taken);
  }
});
