import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { givenDatabase } from '../../test/index.ts';
import { connect } from './connect.ts';
import { servedCaller } from './connection-shares.ts';
import { retryTransaction } from './retry-transaction.ts';
import { type MeasuredStatement, printOf } from './statement-measures.ts';

const { connectionString } = await givenDatabase();

function given() {
  const statements: MeasuredStatement[] = [];
  const waits: number[] = [];
  const connection = connect({
    connectionString,
    max: 1,
    applicationName: 'promptory',
    connectTimeoutMs: 60_000,
    measures: { statement: (one) => void statements.push(one), waited: (ms) => void waits.push(ms) },
  });
  return { ...connection, statements, waits };
}

it('tells of each statement and each wait for a connection, and how it ended', async () => {
  const { db, statements, waits, close } = given();
  try {
    await sql`SELECT ${'value'}::text`.execute(db);
    await expect(sql`SELECT 1 / ${0}::integer`.execute(db)).rejects.toThrow('division by zero');
    expect(statements.map(({ text, failure }) => [text, failure])).toEqual([
      ['SELECT $1::text', null],
      ['SELECT 1 / $1::integer', '22012'],
    ]);
    expect(statements.every(({ ms }) => ms >= 0)).toBe(true);
    expect(waits).toHaveLength(2);
  } finally {
    await close();
  }
});

it('gives a transaction the id of its request as a name, and its statements the same texts as those of others', async () => {
  const { db, statements, close } = given();
  const nameOf = (requestId: string | undefined) =>
    servedCaller.run({ name: '', ...(requestId === undefined ? {} : { requestId }) }, () =>
      retryTransaction(db, async (trx) => {
        const { rows } = await sql<{
          name: string;
        }>`SELECT current_setting('application_name') AS name, ${1}::integer`.execute(trx);
        return rows[0]?.name;
      }),
    );
  try {
    expect(await nameOf('0198c0de-0000')).toBe('promptory 0198c0de-0000');
    expect(await nameOf('0198c0de-0001')).toBe('promptory 0198c0de-0001');
    // After it the session has its own name again; what is no id is no part of a statement.
    expect(await nameOf(undefined)).toBe('promptory');
    expect(await nameOf("x'; DROP TABLE users")).toBe('promptory');
    const texts = statements.map(({ text }) => text).filter((text) => text.startsWith('SELECT'));
    expect(texts).toHaveLength(4);
    expect(new Set(texts).size).toBe(1);
  } finally {
    await close();
  }
});

it('knows a statement by its text and its first word', () => {
  const [one, same, other] = [printOf('select 1'), printOf('select 1'), printOf('select 2')];
  expect(one).toEqual(same);
  expect(one.fingerprint).not.toBe(other.fingerprint);
  expect(
    [one, printOf('WITH a AS (SELECT 1) DELETE'), printOf('begin; set local x = 1'), printOf('')].map(
      ({ kind }) => kind,
    ),
  ).toEqual(['select', 'with', 'begin', 'other']);
});
