import type pg from 'pg';
import { expect, it } from 'vitest';
import { givenDatabase } from '../../test/index.ts';
import { hasDiskRoom } from './disk-room.ts';

const { pool } = await givenDatabase();

/** A pool of which each query fails with this code, as a server answers whose disk is full. */
const failing = (code: string): pg.Pool =>
  ({ query: () => Promise.reject(Object.assign(new Error('refused'), { code })) }) as unknown as pg.Pool;

it('is found out by a sort that needs the disk, and leaves nothing set', async () => {
  const client = await pool.connect();
  try {
    const read = async (statement: string): Promise<unknown> =>
      Object.values((await client.query(statement)).rows[0])[0];
    const files = async (): Promise<number> => {
      await client.query('SELECT pg_stat_force_next_flush()');
      return Number(await read('SELECT temp_files FROM pg_stat_database WHERE datname = current_database()'));
    };
    const [memory, before] = [await read('SHOW work_mem'), await files()];
    expect(await hasDiskRoom({ query: client.query.bind(client) } as unknown as pg.Pool)).toBe(true);
    await expect.poll(files).toBeGreaterThan(before);
    expect(await read('SHOW work_mem')).toBe(memory);
  } finally {
    client.release();
  }
});

it('is none where the disk is full, some where only a limit of a session is reached, and unknown otherwise', async () => {
  expect(await hasDiskRoom(failing('53100'))).toBe(false);
  expect(await hasDiskRoom(failing('53400'))).toBe(true);
  await expect(hasDiskRoom(failing('57P01'))).rejects.toThrow('refused');
});
