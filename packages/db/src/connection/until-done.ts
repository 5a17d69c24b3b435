import type { Kysely, RawBuilder } from 'kysely';
import type { Database } from '../tables/rows.ts';

/**
 * Runs a statement that does so much at most, so that nobody waits for it long, again and again until it has done less.
 * @returns how much it did in all
 */
export async function untilDone(
  db: Kysely<Database>,
  atMost: number,
  statement: RawBuilder<{ readonly done: number }>,
): Promise<number> {
  for (let all = 0; ; ) {
    const done = (await statement.execute(db)).rows[0]?.done ?? 0;
    all += done;
    if (done < atMost) return all;
  }
}
