import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { migrateToLatest } from '@promptory/db/migrate';
import { startEphemeralCluster } from '@promptory/db/testing';
import { runServer, send } from '@promptory/server/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenProject } from '../given-project.ts';

const project = givenProject(
  ['apps/cli', 'packages/client'],
  ['@trpc/client@11.25.2', '@trpc/server@11.25.2', 'typescript@7.0.2'],
);
const ends: (() => Promise<unknown>)[] = [];
const env: Record<string, string> = {};
let url = '';

/** A key of somebody new. */
async function newKey(handle: string): Promise<string> {
  const account = { email: `${handle}@example.com`, password: 'a long and quiet river', name: handle, handle };
  const { accessToken } = await send<{ accessToken: string }>(url, 'POST', '/auth/register', account);
  const scopes = ['prompts:read', 'prompts:write', 'labels:write'];
  const headers = { authorization: `Bearer ${accessToken}` };
  return (await send<{ key: string }>(url, 'POST', '/users/api-keys', { name: 'team', scopes }, headers)).key;
}

beforeAll(async () => {
  const cluster = await startEphemeralCluster();
  ends.unshift(() => cluster.stop());
  await migrateToLatest(cluster);
  const server = await runServer({
    NODE_ENV: 'development',
    DATABASE_URL: cluster.applicationConnectionString,
    JWT_SECRET: 'of no use but for the walk of a team',
    DATA_FOLDER: project.folder,
  });
  ends.unshift(() => server.kill());
  url = server.url;
  Object.assign(env, { PROMPTORY_URL: url, NO_COLOR: '1' });
});
afterAll(async () => {
  for (const end of ends) await end();
});

const promptory = (...args: string[]) =>
  project.execute(process.execPath, [join(project.folder, 'node_modules/.bin/promptory'), ...args], env);
function write(file: string, text: string): void {
  mkdirSync(dirname(join(project.folder, file)), { recursive: true });
  writeFileSync(join(project.folder, file), text);
}
const read = (file: string): string => readFileSync(join(project.folder, file), 'utf8');

const compilerOptions = {
  ...{ target: 'es2022', module: 'nodenext', strict: true, noEmit: true, types: [] },
  lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'],
};

describe('the first screen of the README', () => {
  it('shows a prompt, its type and the complaint of the compiler as they are', async () => {
    const readme = readFileSync(join(import.meta.dirname, '../../../../README.md'), 'utf8');
    const blockAfter = (language: string, text: string) =>
      new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme.slice(readme.indexOf(text)))?.[1] ?? '';
    env.PROMPTORY_API_KEY = await newKey('reader');
    write('screen/prompts/support/triage.prompt.md', blockAfter('markdown', 'A prompt is a function'));
    expect(await promptory('push', '--folder', 'screen/prompts')).toMatchObject({ code: 0 });
    expect(await promptory('label', 'move', 'support/triage@latest', 'production')).toMatchObject({ code: 0 });
    expect(await promptory('types', '--out', 'screen/promptory.d.ts')).toMatchObject({ code: 0 });
    expect(read('screen/promptory.d.ts')).toContain(`\n${blockAfter('ts', '`promptory types` writes')}`);
    write('screen/program.ts', blockAfter('ts', 'So a program'));
    write('screen/tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const tsc = join(project.folder, 'node_modules/typescript/bin/tsc');
    const { stdout } = await project.execute(process.execPath, [tsc, '-p', 'screen', '--pretty', 'false']);
    expect(stdout.replaceAll('screen/', '')).toBe(blockAfter('text', 'So a program'));
  });
});
