import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './testing/index.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

describe('connect', () => {
  it('reads bigint as a number, timestamptz as ISO 8601 in UTC, and date as it is written', async () => {
    const { rows } = await sql`
      select count(*) as count, '2026-11-22 10:00:00.12+01'::timestamptz(3) as time, '2026-11-22'::date as day,
        array[1, null]::int8[] as counts, 1.50::numeric as price, null::timestamptz as never
    `.execute(test.db);
    expect(rows).toEqual([
      { count: 1, time: '2026-11-22T09:00:00.120Z', day: '2026-11-22', counts: [1, null], price: '1.50', never: null },
    ]);
  });

  it('refuses a bigint that a number cannot hold', async () => {
    await expect(sql`select 9007199254740993::int8`.execute(test.db)).rejects.toThrow(RangeError);
  });

  it('sets the timeouts on every session', async () => {
    const { rows } = await sql`
      select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle
    `.execute(test.db);
    expect(rows).toEqual([{ statement: '4500ms', lock: '2s', idle: '10s' }]);
  });
});
