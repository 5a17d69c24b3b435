import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { givenDatabase } from '../../test/index.ts';
import { connect } from './connect.ts';
import { servedCaller } from './connection-shares.ts';

const test = await givenDatabase();

it('lets a caller of short statements through beside more callers of long ones than there are connections', async () => {
  const { db, close } = connect({ connectionString: test.connectionString, max: 5, connectTimeoutMs: 60_000 });
  const ended = new AbortController();
  let long = 0;
  const holding = Array.from({ length: 10 }, (_, index) =>
    servedCaller.run({ name: `long ${index}` }, async () => {
      while (!ended.signal.aborted) {
        await sql`select pg_sleep(0.4)`.execute(db);
        long += 1;
      }
    }),
  );
  try {
    // Each has had its turn, and is known to use much by then.
    await expect.poll(() => long, { timeout: 60_000 }).toBeGreaterThanOrEqual(30);
    const before = long;
    await servedCaller.run({ name: 'short' }, async () => {
      for (let statement = 0; statement < 20; statement += 1) await sql`select ${statement}::int`.execute(db);
    });
    // In turn with the others each statement would wait for one of theirs, or two.
    expect(long - before).toBeLessThan(20);
  } finally {
    ended.abort();
    await Promise.all(holding);
    await close();
  }
});
