import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../src/tables/rows.ts';

/**
 * Which of some rows an act has locked by the time when it waits for the row `held`, which another transaction holds meanwhile.
 * Whoever locks several rows locks them in one order, so that two wait rather than deadlock: at the first of them it holds none.
 */
export async function lockedWhileWaiting(
  db: Kysely<Database>,
  {
    table,
    held,
    ids,
  }: { readonly table: keyof Database & string; readonly held: string; readonly ids: readonly string[] },
  act: () => Promise<unknown>,
): Promise<string[]> {
  let acting: Promise<unknown> = Promise.resolve();
  const locked = await db.transaction().execute(async (holder) => {
    const lock = (wanted: readonly string[]) =>
      sql<{ id: string }>`
        SELECT id FROM ${sql.table(table)} WHERE id = ANY(${wanted}::uuid[]) FOR UPDATE SKIP LOCKED
      `.execute(holder);
    await lock([held]);
    acting = act();
    const ended = acting.then(
      () => true,
      () => true,
    );
    while (!(await isAwaitingLock(db))) {
      if (await Promise.race([ended, sleep(5, false)])) throw new Error('It has waited for nobody.');
    }
    const free = (await lock(ids)).rows.map(({ id }) => id);
    return ids.filter((id) => !free.includes(id));
  });
  await acting;
  return locked;
}

/** Whether some session of the database waits for a lock, as one does that was begun while another holds what it needs. */
export async function isAwaitingLock(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
  `.execute(db);
  return rows.length > 0;
}
