import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../harness/run-server.ts';
import { givenTour, SCHEME } from './tour-server.ts';

// The tour of the README, as it stands there but for the port, in a shell and a folder of its own.

const TIMEOUT_MS = 180_000;

const site = givenTour();

const tour = readFile(join(ROOT, 'README.md'), 'utf8').then((text) => {
  const block = /^## Five minutes with curl\n\n```bash\n([\s\S]*?)^```$/m.exec(text)?.[1];
  if (block === undefined || !block.includes(SCHEME)) throw new Error('The README has no tour.');
  return block;
});

async function walk(hide: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const script = (await tour).replace(SCHEME, site.url);
  const hidden = hide === '' ? '' : `command() { [ "$2" = ${hide} ] && return 1; builtin command "$@"; }\n`;
  await writeFile(join(site.folder, 'tour.sh'), `set -euo pipefail\n${hidden}${script}`);
  const path = `${join(process.execPath, '..')}:${process.env.PATH ?? ''}`;
  const options = {
    cwd: site.folder,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    env: { PATH: path, HOME: site.folder },
  } as const;
  return spawnSync('bash', ['tour.sh'], options);
}

it.each([
  ['a first time', ''],
  ['a second time', ''],
  ['a third time, without jq', 'jq'],
])('can be walked %s, and its answers be read', async (_, hide) => {
  const { status, stdout, stderr } = await walk(hide);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  // Of all calls one is refused, as it says.
  expect([...stdout.matchAll(/"code": "([^"]+)"/g)].map(([, code]) => code)).toEqual(['prompt.version_conflict']);
  expect(stdout).not.toContain('undefined');
  expect(stdout).toMatch(/^Sort this ticket by urgency: It does not start\.$/m);
  expect(stdout).toMatch(/^public$/m);
  expect(stdout).toMatch(/^pty_live_\w{56}$/m);
  expect(stdout).toMatch(/^\{"type":"done".*"created":1/m);
  expect(stdout).toContain('"email": "grace@example.com"');
});
