import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { givenProject } from './given-project.ts';

// The oldest Node that `engines` lets in; its package is a binary.
const project = givenProject(['apps/cli'], ['node@20.12.0']);
const installed = join(project.folder, 'node_modules/@promptory/cli');

it('is one file that needs no other package, with the licences of what is in it', () => {
  expect(readdirSync(installed, { recursive: true }).sort()).toEqual(
    ['LICENSE.md', 'README.md', 'dist', 'dist/LICENSES.txt', 'dist/promptory.js', 'package.json'].sort(),
  );
  const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(installed, 'package.json'), 'utf8'),
  );
  expect([dependencies, peerDependencies, optionalDependencies]).toEqual([undefined, undefined, undefined]);
  const licenses = readFileSync(join(installed, 'dist/LICENSES.txt'), 'utf8');
  for (const library of ['commander', '@clack/prompts', '@trpc/client'])
    expect(licenses).toMatch(new RegExp(`^${library} [\\d.]+ \\(MIT\\)\n\n[^\n]`, 'm'));
});

it.each([
  ['the newest Node', process.execPath],
  ['the oldest', join(project.folder, 'node_modules/node/bin/node')],
])('runs on %s by the name promptory', async (_, node) => {
  const command = join(project.folder, 'node_modules/.bin/promptory');
  const run = (...args: string[]) =>
    project.execute(node, [command, ...args], { PROMPTORY_URL: '', HOME: project.folder });
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  expect(await run('list', '--limit', '0')).toMatchObject({ code: 2 });
  expect(await run('whoami')).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('promptory login'),
  });
});
