import { patienceOf, setPatience } from '@promptory/db/testing';
import { onTestFinished } from 'vitest';
import { type BootedApp, bootApp, givenApp } from '../../harness/boot.ts';
import { givenWorld } from '../../harness/given-world.ts';
import { type Answer, callProcedure, type Input, type Transport, transports } from '../../harness/transports.ts';
import { proves } from '../harness/proof.ts';
import { attemptsOf, type Provoked, provokable } from './sqlstate.ts';

const server = await givenApp();
await provokable(server);
const world = await givenWorld(server);

const call = async (transport: Transport, procedure: string, input: Input, at: BootedApp = server): Promise<Answer> =>
  callProcedure(at, transport, procedure, input, await world.headersOf('owner'));

/** What each failure of PostgreSQL is to the caller. */
const ANSWERS: Readonly<Record<Provoked, readonly [status: number, code: string]>> = {
  '22021': [400, 'request.invalid'],
  '22P05': [400, 'request.invalid'],
  '22P02': [400, 'request.invalid'],
  '22003': [400, 'request.invalid'],
  '22008': [400, 'request.invalid'],
  '22025': [400, 'request.invalid'],
  '54000': [400, 'request.invalid'],
  '54001': [400, 'request.invalid'],
  '23505': [409, 'request.conflict'],
  '23503': [409, 'request.conflict'],
  '57014': [503, 'server.busy'],
  '55P03': [503, 'server.busy'],
  '57P01': [503, 'server.unavailable'],
  '53300': [503, 'server.busy'],
  '08006': [503, 'server.unavailable'],
  '53100': [503, 'server.storage_full'],
  // Ours to mend, and nothing to reveal.
  '42P01': [500, 'server.internal'],
  '23514': [500, 'server.internal'],
  '08P01': [500, 'server.internal'],
};

const INTERNAL_WORDS =
  /provoke|serialize|clients already|no room|parameters|terminated|tsvector|stack depth|syntax|constraint|relation|sql|postgres|22P|54001/i;

const groupsNamed = async (name: string): Promise<number> =>
  (await server.services.db.selectFrom('groups').select('id').where('name', '=', name).execute()).length;

proves(
  'D2',
  'each failure that PostgreSQL raises in a statement of ours is the answer of the table, by every transport',
  async (proof) => {
    proof.atLeast(130);
    // One that waits for a lock as long as tests do would still wait when its call's time is up, and be answered that.
    const patience = patienceOf(server.services.db);
    setPatience(server.services.db, 0.2);
    onTestFinished(() => setPatience(server.services.db, patience));
    const holder = await server.database.pool.connect();
    await holder.query(
      'BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; LOCK TABLE held IN ACCESS EXCLUSIVE MODE',
    );
    for (const [state, [status, code]] of Object.entries(ANSWERS)) {
      for (const transport of transports) {
        const name = `provoke ${state}`;
        for (const [procedure, input] of [
          ['groups.create', { name }],
          ['groups.update', { id: world.group, name }],
        ] as const) {
          const answer = await call(transport, procedure, input);
          const isDue = answer.status === status && answer.code === code;
          proof.check(isDue, () => `${state} in ${procedure} by ${transport}: ${answer.status} ${answer.code}`);
          const said = JSON.stringify(answer.error);
          if (INTERNAL_WORDS.test(said)) proof.deviation(`${state} by ${transport} reveals ${said}`);
          const asksBack = Number(answer.response.headers['retry-after']) >= 1;
          if (asksBack !== (status === 503))
            proof.deviation(`${state} by ${transport}: Retry-After ${asksBack ? 'given' : 'missing'}`);
        }
        if ((await groupsNamed(name)) > 0) proof.deviation(`${state} by ${transport} left a row`);
      }
      const { code: next } = await call('REST', 'groups.list', {});
      proof.works(next === 'ok', () => `after ${state} the next call is ${next}`);
    }
    await holder.query('ROLLBACK');
    holder.release();
  },
);

proves(
  'D2',
  'inputs that would raise a failure of the database are refused before it, or taken whole',
  async (proof) => {
    proof.atLeast(75);
    const { shared } = world;
    const words = Array.from({ length: 33_000 }, (_, index) => index.toString(36).padStart(5, 'q')).join(' ');
    const chinese = String.fromCodePoint(...Array.from({ length: 20_000 }, (_, index) => 0x4e00 + index));
    const create = (more: Input): readonly [string, Input] => ['prompts.create', { title: 'A', content: 'B', ...more }];
    const asked: ReadonlyArray<readonly [procedure: string, input: Input, taken: boolean]> = [
      [...create({ title: 'a\0b' }), false],
      [...create({ content: 'a\0b' }), false],
      [...create({ content: '\ud800' }), false],
      [...create({ config: { a: '\0' } }), false],
      [...create({ config: { 'a\0': 1 } }), false],
      [...create({ inputSchema: { a: ['\ud800'] } }), false],
      [...create({ tags: ['\0'] }), false],
      [...create({ content: words }), true],
      [...create({ content: chinese.repeat(9) }), true],
      [...create({ content: 'x'.repeat(200_000) }), true],
      [...create({ title: '𠀀'.repeat(100), category: '𠀀'.repeat(30), tags: ['𠀀'.repeat(25)] }), true],
      [...create({ config: { a: 1e308, b: -1e308, c: 5e-324 } }), true],
      ['prompts.get', { id: 'many' }, false],
      ['versions.get', { id: shared, version: 2_147_483_648 }, false],
      ['versions.diff', { id: shared, from: 1, to: 2 ** 53 }, false],
      ['prompts.usage', { id: shared, from: '2026-02-30' }, false],
      ['prompts.usage', { id: shared, from: '0000-01-01', to: '0000-01-02' }, false],
      ['prompts.usage', { id: shared, from: '0001-01-01', to: '9999-12-31' }, true],
      ['apiKeys.create', { name: 'a', scopes: ['prompts:read'], expiresAt: '+275760-09-13T00:00:00.000Z' }, false],
      ['apiKeys.create', { name: 'a', scopes: ['prompts:read'], expiresAt: '0000-01-01T00:00:00.000Z' }, false],
      ['prompts.list', { q: 'ends in \\' }, true],
      ['prompts.list', { q: '\0' }, false],
      ['prompts.list', { q: "' & | ! <-> :* ( \\" }, true],
      ['prompts.list', { q: '"'.repeat(200) }, true],
      ['prompts.list', { q: '-'.repeat(200) }, true],
      ['prompts.list', { q: 'a or '.repeat(40) }, true],
      ['tags.list', { q: '\\' }, true],
      ['groups.list', { q: '%\\' }, true],
    ];
    for (const [procedure, input, isTaken] of asked) {
      for (const transport of transports) {
        // Half a surrogate pair cannot stand in an address; the other transports bring it.
        if (transport === 'REST' && JSON.stringify(input).includes('\\ud800') && procedure.endsWith('list')) continue;
        const { status, code } = await call(transport, procedure, input);
        const isFine = isTaken ? code === 'ok' : status === 400;
        proof.worksIf(
          isTaken,
          isFine,
          () => `${procedure} by ${transport} with ${JSON.stringify(input).slice(0, 100)}: ${status} ${code}`,
        );
      }
    }
  },
);

proves(
  'D2',
  'a transaction that another one spoils is tried three times more, then the answer is 503',
  async (proof) => {
    proof.atLeast(6);
    for (const transport of transports) {
      await attemptsOf(server);
      const third = await call(transport, 'groups.create', { name: 'provoke third-time' });
      const took = await attemptsOf(server);
      proof.works(third.code === 'ok' && took === 4, () => `${transport}: ${third.code} after ${took} attempts`);
      const never = await call(transport, 'groups.create', { name: 'provoke gives-up' });
      const tried = await attemptsOf(server);
      const isBusy = never.status === 503 && never.response.headers['retry-after'] !== undefined && tried === 4;
      proof.check(isBusy, () => `${transport}: ${never.status} ${never.code} after ${tried} attempts`);
    }
  },
);

proves(
  'D2',
  'two calls that wait for each other, and many that write one row in serializable, all succeed',
  async (proof) => {
    proof.atLeast(6);
    for (const transport of transports) {
      await attemptsOf(server);
      // Of two accounts: those of one take turns for its quotas, and so never wait for each other.
      const ways = [
        ['provoke one-two', 'owner'],
        ['provoke two-one', 'stranger'],
      ] as const;
      const both = await Promise.all(
        ways.map(async ([name, caller]) =>
          callProcedure(server, transport, 'groups.create', { name }, await world.headersOf(caller)),
        ),
      );
      const codes = both.map(({ code }) => code);
      const tried = await attemptsOf(server);
      // One of the two was given up by PostgreSQL (40P01) and made again.
      proof.works(
        codes.every((code) => code === 'ok') && tried >= 3,
        () => `${transport}: ${codes}, ${tried} attempts`,
      );
    }
    const { pool } = server.database;
    const { rows } = await pool.query<{ name: string }>('SELECT current_database() AS name');
    await pool.query(`ALTER DATABASE "${rows[0]?.name}" SET default_transaction_isolation = 'serializable'`);
    const strict = await bootApp({ beside: server });
    try {
      for (const transport of transports) {
        const names = ['First', 'Second', 'Third'];
        const writes = names.map((name) => call(transport, 'groups.update', { id: world.group, name }, strict));
        const codes = (await Promise.all(writes)).map(({ code }) => code);
        proof.works(
          codes.every((code) => code === 'ok'),
          () => `${transport}, serializable: ${codes}`,
        );
      }
    } finally {
      await strict.close();
      await pool.query(`ALTER DATABASE "${rows[0]?.name}" RESET default_transaction_isolation`);
    }
  },
);

proves('D2', 'a database that takes no more connections is a 503, and serves again once it does', async (proof) => {
  proof.atLeast(6);
  const { pool } = server.database;
  const { rows } = await pool.query<{ name: string }>('SELECT current_database() AS name');
  for (const transport of transports) {
    const beside = await bootApp({ beside: server });
    try {
      await pool.query(`ALTER DATABASE "${rows[0]?.name}" CONNECTION LIMIT 0`);
      const refused = await call(transport, 'groups.list', {}, beside);
      const isAsked = refused.status === 503 && refused.response.headers['retry-after'] !== undefined;
      proof.check(isAsked, () => `${transport}: ${refused.status} ${refused.code}`);
      await pool.query(`ALTER DATABASE "${rows[0]?.name}" CONNECTION LIMIT -1`);
      const { code } = await call(transport, 'groups.list', {}, beside);
      proof.works(code === 'ok', () => `${transport}, later: ${code}`);
    } finally {
      await pool.query(`ALTER DATABASE "${rows[0]?.name}" CONNECTION LIMIT -1`);
      await beside.close();
    }
  }
});
