import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenDatabase } from '../../test/index.ts';
import { type Connection, connect } from './connect.ts';
import { isDatabaseUnavailable } from './sql-state.ts';

const SLEEPING = "select from pg_stat_activity where state = 'active' and query = 'select pg_sleep(3600)'";

const test = await givenDatabase();
let other: Connection;
beforeAll(async () => {
  other = connect({ connectionString: test.connectionString, max: 1 });
});
afterAll(async () => {
  await other.close();
});

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

  it('sets the timeouts on every session, and how long it waits for one and for an answer', async () => {
    const { rows } = await sql`
      select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle
    `.execute(other.db);
    expect(rows).toEqual([{ statement: '4s', lock: '2s', idle: '10s' }]);
    expect(other.pool.options).toMatchObject({ connectionTimeoutMillis: 2_000, query_timeout: 4_500 });
  });

  it('survives the end of all its sessions, in use and idle, and serves the next query', async () => {
    const held = await test.pool.connect();
    const busy = test.db.connection().execute(async (db) => {
      await sql`set statement_timeout = 0`.execute(db);
      await sql`select pg_sleep(3600)`.execute(db);
    });
    const failed = expect(busy).rejects.toSatisfy(isDatabaseUnavailable);
    await expect.poll(async () => (await other.pool.query(SLEEPING)).rowCount).toBe(1);
    await other.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await failed;
    await expect(held.query('select 1')).rejects.toSatisfy(isDatabaseUnavailable);
    held.release();
    expect((await sql`select 1 as one`.execute(test.db)).rows).toEqual([{ one: 1 }]);
  });

  it.concurrent('fails when no connection comes free, as a database that is away', async () => {
    const small = connect({ connectionString: test.connectionString, max: 1 });
    const held = await small.pool.connect();
    await expect(sql`select 1`.execute(small.db)).rejects.toSatisfy(isDatabaseUnavailable);
    held.release();
    await small.close();
  });

  it.concurrent('fails, and drops the client, when the server falls silent for good', async () => {
    const { server, connectionString, silence } = await proxyTo(test.connectionString);
    const through = connect({ connectionString, max: 1 });
    await sql`select 1`.execute(through.db);
    silence();
    await expect(sql`select 1`.execute(through.db)).rejects.toSatisfy(isDatabaseUnavailable);
    expect(through.pool.totalCount).toBe(0);
    await through.close();
    server.close();
  });

  it.concurrent('uses no connection again that has said nothing since, but a new one', async ({ expect }) => {
    const { server, connectionString, silence, passed } = await proxyTo(test.connectionString);
    const through = connect({ connectionString, timeoutFactor: 0.5 });
    await Promise.all(Array.from({ length: 4 }, () => sql`select pg_sleep(0.2)`.execute(through.db)));
    expect(through.pool.idleCount).toBe(4);
    silence();
    await expect(sql`select 'unanswered'`.execute(through.db)).rejects.toSatisfy(isDatabaseUnavailable);
    await expect(sql`select 'never sent'`.execute(through.db)).rejects.toSatisfy(isDatabaseUnavailable);
    expect(passed.join('')).toContain("select 'unanswered'");
    expect(passed.join('')).not.toContain("select 'never sent'");
    expect(through.pool.idleCount).toBe(0);
    silence(false);
    const served = () => sql`select 1`.execute(through.db).then(({ rows }) => rows.length, String);
    await expect.poll(served).toBe(1);
    await through.close();
    server.close();
  });

  it.concurrent('gives who has waited for a turn no connection that may be dead', async () => {
    const { server, connectionString, silence, passed } = await proxyTo(test.connectionString);
    const through = connect({ connectionString, max: 1 });
    const [taken, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = through.db.connection().execute(async (db) => {
      await sql`select 1`.execute(db);
      taken.resolve();
      await held.promise;
    });
    await taken.promise;
    const waiting = expect(sql`select 'never sent'`.execute(through.db)).rejects.toSatisfy(isDatabaseUnavailable);
    silence();
    await sleep(500);
    held.resolve();
    await Promise.all([holding, waiting]);
    expect(passed.join('')).not.toContain("select 'never sent'");
    await through.close();
    server.close();
  });

  it.concurrent('cancels a statement that would run for an hour', async () => {
    const product = connect({ connectionString: test.connectionString, max: 1 });
    await expect(sql`select pg_sleep(3600)`.execute(product.db)).rejects.toSatisfy(isDatabaseUnavailable);
    await product.close();
  });
});

interface Proxy {
  readonly server: Server;
  readonly connectionString: string;
  /** What callers have sent. */
  readonly passed: string[];
  silence(isSilent?: boolean): void;
}

/** A proxy before a server, which on silence() passes nothing on any more, like a network that swallows packets. */
async function proxyTo(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const passed: string[] = [];
  let silent = false;
  const server = createServer((near) => {
    const far = createConnection({ host: hostname, port: Number(port) });
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', (chunk) => silent || to.write(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    };
    near.on('data', (chunk) => passed.push(chunk.toString('latin1')));
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(target);
  url.port = String(typeof address === 'object' && address ? address.port : '');
  const silence = (isSilent = true): void => {
    silent = isSilent;
  };
  return { server, connectionString: url.href, passed, silence };
}
