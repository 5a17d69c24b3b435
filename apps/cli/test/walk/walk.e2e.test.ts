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
const compile = () =>
  project.execute(process.execPath, [
    join(project.folder, 'node_modules/typescript/bin/tsc'),
    '-p',
    '.',
    '--pretty',
    'false',
  ]);

function write(file: string, text: string): void {
  mkdirSync(dirname(join(project.folder, file)), { recursive: true });
  writeFileSync(join(project.folder, file), text);
}
const read = (file: string): string => readFileSync(join(project.folder, file), 'utf8');
const edit = (file: string, from: string, to: string) => write(file, read(file).replace(from, to));

const compilerOptions = {
  ...{ target: 'es2022', module: 'nodenext', strict: true, noEmit: true, types: [] },
  lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'],
};

describe('a team', () => {
  beforeAll(async () => {
    env.PROMPTORY_API_KEY = await newKey('team');
    write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const langfuse = ['triage', 'reply', 'summary'].map((name) => ({
      ...{ name: `support/${name}`, version: 1, type: 'text', prompt: `Do the ${name} of {{ticket}}.` },
      ...{ config: { temperature: 0 }, tags: ['support'], labels: ['production', 'staging'] },
    }));
    write('langfuse.json', JSON.stringify(langfuse));
  });

  it('imports, changes inputs, looks, releases to staging, is stopped by the compiler, and releases and undoes', async () => {
    expect(await promptory('import', 'langfuse.json')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 created'),
    });
    expect(await promptory('pull')).toMatchObject({ code: 0 });
    expect(await promptory('types')).toMatchObject({ code: 0 });
    write(
      'program.ts',
      `import { createPromptory } from '@promptory/client';

const promptory = createPromptory({ url: '${url}', apiKey: 'key' });
export const triage = await promptory.prompt('support/triage@staging').render({ ticket: 'It does not start.' });
`,
    );
    expect(await compile()).toMatchObject({ code: 0, stdout: '' });

    edit('prompts/support/triage.prompt.md', '{{ ticket }}', '{{ ticket }} about {{ product }}');
    edit('prompts/support/reply.prompt.md', '{{ ticket }}', '{{ ticket }} in {{ language }}');
    edit('prompts/support/summary.prompt.md', 'Do', 'Write');
    expect(await promptory('push', '--note', 'Ask for the product')).toMatchObject({ code: 0 });
    const { stdout: diff } = await promptory('diff', 'support/triage@staging', 'support/triage@latest');
    expect(diff).toContain('+ Do the triage of {{ ticket }} about {{ product }}.');
    expect(diff).toMatch(/breaks its callers:\n {2}input \/product is new/);

    const three = ['support/triage', 'support/reply', 'support/summary'];
    expect(await promptory('release', 'make', 'staging', ...three, '--from', 'latest')).toMatchObject({ code: 5 });
    const agreed = ['--accept-breaking', '--reason', 'Callers are changed with it'];
    expect(await promptory('release', 'make', 'staging', ...three, '--from', 'latest', ...agreed)).toMatchObject({
      code: 0,
    });

    // What CI does: the types are stale, and with those of today the program lacks an input.
    expect(await promptory('types', '--check')).toMatchObject({ code: 1, stderr: expect.stringContaining('product') });
    expect(await promptory('types')).toMatchObject({ code: 0 });
    expect(await compile()).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^program\.ts\(4,.* error TS.*product/),
    });
    edit('program.ts', "'It does not start.'", "'It does not start.', product: 'Lamp'");
    expect(await compile()).toMatchObject({ code: 0, stdout: '' });
    expect(await promptory('types', '--check')).toMatchObject({ code: 0 });

    const released = await promptory(
      'release',
      'make',
      'production',
      ...three,
      '--from',
      'staging',
      ...agreed,
      '--json',
    );
    const { id } = JSON.parse(released.stdout);
    expect((await promptory('get', 'support/triage')).stdout).toContain('product');
    expect(await promptory('release', 'undo', id)).toMatchObject({ code: 0 });
    expect((await promptory('get', 'support/triage')).stdout).not.toContain('product');
  });
});

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
