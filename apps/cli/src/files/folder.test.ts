import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { writePrompt } from './folder.ts';

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
