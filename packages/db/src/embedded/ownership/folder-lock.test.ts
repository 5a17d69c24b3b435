import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withFolderLock } from './folder-lock.ts';
import { countLeases, takeLease } from './leases.ts';
import { isLiving, processIdentity } from './process-identity.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptory-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function heldByTheDead(path: string): Promise<string> {
  const child = spawn('sleep', ['30'], { stdio: 'ignore' });
  const identity = processIdentity(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'close');
  return `${identity}\n${path}\n`;
}

describe('the folder lock', () => {
  it('lets one holder in at a time, also when it is left by a dead process', async () => {
    const lock = join(folder, 'lock');
    await writeFile(lock, await heldByTheDead(lock));
    let inside = 0;
    let most = 0;
    const work = (): Promise<void> =>
      withFolderLock(lock, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await sleep(5);
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 10 }, work));
    expect(most).toBe(1);
    expect(existsSync(lock)).toBe(false);
  });

  it('is free again after its holder failed', async () => {
    const lock = join(folder, 'lock');
    await expect(withFolderLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withFolderLock(lock, async () => 'in')).toBe('in');
  });
});

describe('leases', () => {
  it('count living processes only', async () => {
    const giveBack = await takeLease(folder);
    await writeFile(join(folder, 'leases', '1-dead'), await heldByTheDead(folder));
    await writeFile(join(folder, 'leases', '3-copied'), `${processIdentity()}\n/elsewhere\n`);
    // The pid lives, but it is another process than the one that took the lease.
    if (process.platform === 'linux')
      await writeFile(join(folder, 'leases', '2-reused'), `${process.pid} 1\n${folder}\n`);
    expect(await countLeases(folder)).toBe(1);
    await giveBack();
    expect(await countLeases(folder)).toBe(0);
  });

  it('may be many of one process, each given back by itself', async () => {
    const giveBack = [await takeLease(folder), await takeLease(folder)];
    expect(await countLeases(folder)).toBe(2);
    await giveBack[0]?.();
    expect(await countLeases(folder)).toBe(1);
    await giveBack[0]?.();
    await giveBack[1]?.();
    expect(await countLeases(folder)).toBe(0);
  });

  it('know this process for living', () => {
    expect(isLiving(processIdentity())).toBe(true);
  });
});
