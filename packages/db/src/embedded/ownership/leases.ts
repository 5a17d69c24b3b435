import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { holderLives, holderRecord } from './process-identity.ts';

/** Writes that this process uses the server of a folder. Answers how to take it back. Call under the folder's lock. */
export async function takeLease(folder: string): Promise<() => Promise<void>> {
  const leases = join(folder, 'leases');
  await mkdir(leases, { recursive: true });
  // One process may open the same folder twice.
  const lease = join(leases, `${process.pid}-${randomBytes(4).toString('hex')}`);
  await writeFile(lease, holderRecord(folder));
  return () => rm(lease, { force: true });
}

/** How many leases of living processes there are; those that killed processes left are removed. */
export async function countLeases(folder: string): Promise<number> {
  const leases = join(folder, 'leases');
  let living = 0;
  for (const name of await readdir(leases).catch(() => [])) {
    const holder = await readFile(join(leases, name), 'utf8').catch(() => '');
    if (holderLives(holder, folder)) living += 1;
    else await rm(join(leases, name), { force: true });
  }
  return living;
}
