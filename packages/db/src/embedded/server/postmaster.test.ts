import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readPostmaster, servesFolder } from './postmaster.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'promptory-postmaster-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

it('reads who serves a folder, at which port and whether it is ready', async () => {
  const folder = await newFolder();
  expect(await readPostmaster(folder)).toBeUndefined();
  const file = (status: string) => `4711\n${folder}\n1764500000\n5433\n/tmp\n127.0.0.1\n  1 2\n${status}\n`;
  await writeFile(join(folder, 'postmaster.pid'), file('starting'));
  expect(await readPostmaster(folder)).toEqual({ pid: 4711, port: 5433, ready: false });
  await writeFile(join(folder, 'postmaster.pid'), file('ready   '));
  expect(await readPostmaster(folder)).toEqual({ pid: 4711, port: 5433, ready: true });
});

it('takes no process that has ended for one that serves, nor another program that has its number', async () => {
  const folder = await newFolder();
  const child = spawn(process.execPath, ['-e', ''], { cwd: folder, stdio: 'ignore' });
  await once(child, 'exit');
  expect(await servesFolder(child.pid ?? 0, folder)).toBe(false);
  if (process.platform === 'linux') expect(await servesFolder(process.pid, folder)).toBe(false);
});
