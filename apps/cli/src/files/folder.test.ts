import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Failure } from '../failure.ts';
import { readFolder, writePrompt } from './folder.ts';

it.each(['../outside', '/etc/passwd', 'a/../../b', 'a//b', '.git/config', 'a\\b', 'C:x', 'Ä', 'a'.repeat(151), ''])(
  'writes nothing where a server says %j',
  async (slug) => {
    const root = join(mkdtempSync(join(tmpdir(), 'promptory-folder-')), 'prompts');
    onTestFinished(() => rmSync(join(root, '..'), { recursive: true, force: true }));
    await expect(writePrompt(root, slug, 'x', 'linux')).rejects.toThrow('slug');
    expect(existsSync(root)).toBe(false);
  },
);

it('has no place for the names of devices on Windows, and has elsewhere', async () => {
  const root = mkdtempSync(join(tmpdir(), 'promptory-folder-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  await expect(writePrompt(root, 'a/con', 'x', 'win32')).rejects.toThrow('Windows');
  await writePrompt(root, 'a/con', 'x', 'linux');
  await writePrompt(root, 'a/con/b', 'x', 'linux');
  expect((await readdir(root, { recursive: true })).sort()).toEqual(
    ['a', 'a/con', 'a/con.prompt.md', 'a/con/b.prompt.md'].sort(),
  );
});

it('says in a sentence that a folder holds too many prompts', async () => {
  const root = mkdtempSync(join(tmpdir(), 'promptory-folder-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (let at = 0; at < 4; at += 1) await writeFile(join(root, `X${at}.prompt.md`), '');
  expect((await readFolder(root, 4)).faults.size).toBe(4);
  const refused = await readFolder(root, 3).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Failure);
  expect(refused).toMatchObject({ exitCode: 1, message: expect.stringContaining('at most 3 prompts') });
});

it('writes nothing below a folder in which no prompt is looked for', async () => {
  const root = mkdtempSync(join(tmpdir(), 'promptory-folder-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  await mkdir(join(root, 'node_modules'));
  await expect(writePrompt(root, 'a/node_modules/x', 'x', 'linux')).rejects.toThrow('node_modules');
  await writePrompt(root, 'node_modules', 'x', 'linux');
  expect((await readFolder(root)).faults.size + (await readFolder(root)).prompts.size).toBe(1);
});
