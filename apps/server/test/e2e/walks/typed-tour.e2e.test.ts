import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { ROOT, strangersEnvironment } from '../harness/run-server.ts';
import { givenTour, SCHEME } from './tour-server.ts';

// The second tour of the README, as it stands there but for the port and the folder.

const run = promisify(execFile);
const FOLDER = '/tmp/promptory-tour';

const tour = givenTour();

async function blocksOf(): Promise<{ shell: string; program: string }> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const [, shell, program] =
    /^## Five minutes with the typed client\n[^`]*```bash\n([\s\S]*?)^```$[\s\S]*?^```ts\n([\s\S]*?)^```$/m.exec(
      readme,
    ) ?? [];
  if (!shell?.includes(FOLDER) || !program?.includes(SCHEME)) throw new Error('The README has no second tour.');
  return { shell: shell.replaceAll(FOLDER, tour.folder), program: program.replace(SCHEME, tour.url) };
}

it('can be walked from a clone, with the account of the first', async () => {
  const { shell, program } = await blocksOf();
  const [, account] = /credentials: (\{[^}]*\})/.exec(program) ?? [];
  const [, email, password] = /email: '([^']*)', password: '([^']*)'/.exec(account ?? '') ?? [];
  const registered = await fetch(`${tour.url}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password, name: 'Ada' }),
  });
  expect(registered.status).toBe(201);
  await run('bash', ['-euo', 'pipefail', '-c', shell], { cwd: ROOT, env: strangersEnvironment() });
  await writeFile(join(tour.folder, 'tour.mts'), program);
  const { stdout, stderr } = await run(process.execPath, ['tour.mts'], {
    cwd: tour.folder,
    env: strangersEnvironment(),
  });
  expect(stderr).toBe('');
  // The conflict says what the latest version is; the library ends with why the prompt is in it.
  expect(stdout).toMatch(/version: 2,\s[^}]*author: \{[^}]*name: 'Ada'/);
  expect(stdout).toMatch(/^ada\/release-notes \[ 'owned' \]$/m);
});
