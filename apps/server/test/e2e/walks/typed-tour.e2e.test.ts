import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { migrateToLatest } from '@promptory/db/migrate';
import { type EphemeralCluster, startEphemeralCluster } from '@promptory/db/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT, runServer, type ServerProcess } from '../harness/run-server.ts';

// The second tour of the README, as it stands there but for the port and the folder.

const run = promisify(execFile);
const SCHEME = 'http://localhost:3000';
const FOLDER = '/tmp/promptory-tour';

// The workspace's settings of npm and pnpm must not reach the project, which is a stranger's.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$/i.test(name)));

let cluster: EphemeralCluster;
let server: ServerProcess;
let folder: string;

beforeAll(async () => {
  [cluster, folder] = await Promise.all([startEphemeralCluster(), mkdtemp(join(tmpdir(), 'promptory-typed-tour-'))]);
  await migrateToLatest(cluster);
  server = await runServer({
    NODE_ENV: 'development',
    DATABASE_URL: cluster.applicationConnectionString,
    JWT_SECRET: 'of no use but for the tour of the README',
    DATA_FOLDER: folder,
  });
});

afterAll(async () => {
  await server?.kill();
  await cluster?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function blocksOf(): Promise<{ shell: string; program: string }> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const [, shell, program] =
    /^## Five minutes with the typed client\n[^`]*```bash\n([\s\S]*?)^```$[\s\S]*?^```ts\n([\s\S]*?)^```$/m.exec(
      readme,
    ) ?? [];
  if (!shell?.includes(FOLDER) || !program?.includes(SCHEME)) throw new Error('The README has no second tour.');
  return { shell: shell.replaceAll(FOLDER, folder), program: program.replace(SCHEME, server.url) };
}

it('can be walked from a clone, with the account of the first', async () => {
  const { shell, program } = await blocksOf();
  const [, account] = /credentials: (\{[^}]*\})/.exec(program) ?? [];
  const [, email, password] = /email: '([^']*)', password: '([^']*)'/.exec(account ?? '') ?? [];
  const registered = await fetch(`${server.url}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password, name: 'Ada' }),
  });
  expect(registered.status).toBe(201);
  await run('bash', ['-euo', 'pipefail', '-c', shell], { cwd: ROOT, env });
  await writeFile(join(folder, 'tour.mts'), program);
  const { stdout, stderr } = await run(process.execPath, ['tour.mts'], { cwd: folder, env });
  expect(stderr).toBe('');
  // The conflict says what the latest version is; the library ends with why the prompt is in it.
  expect(stdout).toMatch(/version: 2,\s[^}]*author: \{[^}]*name: 'Ada'/);
  expect(stdout).toMatch(/^ada\/release-notes \[ 'owned' \]$/m);
});
