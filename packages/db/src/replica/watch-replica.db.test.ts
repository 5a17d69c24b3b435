import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { givenDatabase } from '../../test/index.ts';
import type { FeedRead } from '../changes/change-feed.ts';
import type { ReplicaGate, ReplicaState } from './replica-gate.ts';
import { ReplicaWatch } from './watch-replica.ts';

// What a watch tells its gate, by a server that is no replica: of a streaming one the tests of scale tell.

const { db, connectionString } = await givenDatabase();
const read = {} as FeedRead;

/** A watch of this database, and what its gate and its log hear. The gate takes the server for a replica where `isOne` says so. */
function watched(isOne: () => boolean) {
  const heard = { states: [] as ReplicaState[], lost: 0, warnings: [] as string[] };
  let isAwaiting = false;
  const gate = {
    hasRead: () => {
      isAwaiting = true;
    },
    isAt: (state: ReplicaState) => {
      heard.states.push(state);
      isAwaiting = !isOne();
      return isOne();
    },
    get isAwaiting() {
      return isAwaiting;
    },
    lost: () => {
      heard.lost += 1;
    },
  };
  const log = { warn: (_: string, error?: unknown) => heard.warnings.push(String(error)) };
  const options = { connectionString, gate: gate as unknown as ReplicaGate, log, patienceFactor: 10 };
  const watch = new ReplicaWatch(options);
  onTestFinished(() => watch.close());
  return { watch, heard };
}

const sessions = () =>
  sql<{ pid: number }>`
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'promptory-replica'
  `.execute(db);

it('tells how far the server has come once the feed has read, and which server it is', async () => {
  const { watch, heard } = watched(() => true);
  expect(watch.server).toBeNull();
  watch.hasRead(read);
  await expect.poll(() => watch.server).toMatch(/^\d{4}-\d\d-\d\d .*\/\d+$/);
  expect(heard).toMatchObject({ states: [{ isReplica: false, replayed: 0n }], warnings: [], lost: 0 });
  expect(heard.states[0]?.history).not.toBe('');
  // Nothing is asked until the feed reads again.
  watch.hasRead(read);
  await expect.poll(() => heard.states.length).toBe(2);
});

it('lets go of a server that is no replica, says so once, and asks it again', async () => {
  const { watch, heard } = watched(() => false);
  watch.hasRead(read);
  await expect.poll(() => heard.states.length).toBeGreaterThan(2);
  expect(watch.server).toBeNull();
  expect(heard.lost).toBeGreaterThanOrEqual(2);
  expect(heard.warnings).toEqual([expect.stringContaining('is no replica of the database')]);
  await watch.close();
  expect((await sessions()).rows).toEqual([]);
});

it('says why its connection was lost, tells the gate at once, and comes back', async () => {
  const { watch, heard } = watched(() => true);
  watch.hasRead(read);
  await expect.poll(() => watch.server).not.toBeNull();
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'promptory-replica'`.execute(db);
  await expect.poll(() => heard.warnings).toEqual([expect.stringContaining('terminating connection')]);
  await expect.poll(() => watch.server).toBeNull();
  expect(heard.lost).toBeGreaterThanOrEqual(2);
  watch.hasRead(read);
  await expect.poll(() => watch.server).not.toBeNull();
});
