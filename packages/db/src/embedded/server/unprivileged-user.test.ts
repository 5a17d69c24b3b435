import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { canPass, canReach } from './unprivileged-user.ts';

const somebody = { name: 'somebody', uid: 65_533, gid: 65_533 };

async function givenFolders(): Promise<{ outer: string; closed: string; inner: string }> {
  const outer = await mkdtemp(join(tmpdir(), 'promptory-folders-'));
  onTestFinished(() => rm(outer, { recursive: true, force: true }));
  const closed = join(outer, 'closed');
  const inner = join(closed, 'inner');
  await mkdir(inner, { recursive: true });
  await chmod(outer, 0o755);
  await chmod(inner, 0o755);
  await chmod(closed, 0o700);
  return { outer, closed, inner };
}

it('comes nowhere below a folder that is closed to it, whatever that holds', async () => {
  const { closed, inner } = await givenFolders();
  for (const reach of [canPass, canReach]) {
    expect([await reach(somebody, closed), await reach(somebody, inner)]).toEqual([false, false]);
    expect([await reach(undefined, closed), await reach(undefined, inner)]).toEqual([true, true]);
  }
});

it('goes through a folder that it may not list, and reads only what it may', async () => {
  const { outer, closed, inner } = await givenFolders();
  // What stands above is the machine's.
  const above = await canPass(somebody, outer);
  await chmod(closed, 0o711);
  expect([await canPass(somebody, closed), await canPass(somebody, inner)]).toEqual([above, above]);
  expect([await canReach(somebody, closed), await canReach(somebody, inner)]).toEqual([false, above]);
  expect(await canReach(somebody, join(inner, 'missing'))).toBe(false);
});
