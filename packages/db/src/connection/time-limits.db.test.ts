import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { givenDatabase } from '../../test/index.ts';
import { connect } from './connect.ts';
import { missingTimeLimits } from './time-limits.ts';

const { connectionString } = await givenDatabase();

it('finds no limit of time missing of a connection of ours', async () => {
  const { pool, close } = connect({ connectionString });
  onTestFinished(close);
  expect(await missingTimeLimits(pool)).toEqual([]);
});

it('names those that a connection does not have, or has too wide, as behind a pooler that left them out', async () => {
  const pool = new pg.Pool({ connectionString, lock_timeout: 2_000, statement_timeout: 60_000 });
  onTestFinished(() => pool.end());
  expect(await missingTimeLimits(pool)).toEqual([
    'idle_in_transaction_session_timeout = 10000',
    'statement_timeout = 4000',
  ]);
});
