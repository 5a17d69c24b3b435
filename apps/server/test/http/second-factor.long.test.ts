import type { Meta } from '@promptory/api/server';
import { describe, expect, it } from 'vitest';
import { rows } from '../contract/access-matrix.rows.ts';
import { bootApp, givenApp, ORIGIN } from '../harness/boot.ts';
import { givenWorld, type World } from '../harness/given-world.ts';
import { takeChanges, watchRows } from '../harness/row-changes.ts';
import { callProcedure, endpointOf, type Input, procedures, transports, transportsOf } from '../harness/transports.ts';

const server = await givenApp();
await watchRows(server.database);

const PROVED_LONG_AGO = 10 * 60_000;

/** A world in which root, who has a second factor, proved it ten minutes ago. */
async function staleWorld(): Promise<World> {
  const world = await givenWorld(server);
  const at = new Date(server.services.clock.now().getTime() - PROVED_LONG_AGO);
  const { database } = server;
  await database.db
    .updateTable('sessions')
    .set({ second_factor_at: at })
    .where('user_id', '=', world.people.root.id)
    .execute();
  await takeChanges(database);
  return world;
}

const stepUpOf = (path: string): Meta['stepUp'] => (endpointOf(path).meta as Meta).stepUp;

/** The input of the matrix, with the field that makes the call a dangerous one. */
function dangerousInput(path: string, world: World): Input {
  const stepUp = stepUpOf(path);
  const input = rows[path]?.input(world) ?? {};
  return stepUp === undefined || stepUp === 'always' ? input : { ...input, [stepUp.whenGiven]: 'other@example.com' };
}

/** They end the session, or what it has to prove. */
const changesTheSession: ReadonlySet<string> = new Set(['auth.logout', 'auth.totp.verify', 'auth.totp.disable']);

describe.each(transports)('through %s', (transport) => {
  it('every dangerous step wants the second factor anew, before it looks at anything else', async () => {
    const world = await staleWorld();
    const headers = await world.headersOf('admin');
    const dangerous = procedures.filter(({ path }) => stepUpOf(path) !== undefined);
    expect(dangerous.length).toBeGreaterThan(3);
    for (const { path } of dangerous) {
      if (!transportsOf(path).includes(transport)) continue;
      for (const input of [dangerousInput(path, world), { ...dangerousInput(path, world), surprise: 1 }]) {
        const { code, status } = await callProcedure(server, transport, path, input, headers);
        expect({ path, code, status }).toEqual({ path, code: 'auth.second_factor_required', status: 401 });
      }
    }
    expect(await takeChanges(server.database)).toEqual([]);
  });

  it('no other call asks for it', async () => {
    const world = await staleWorld();
    const headers = await world.headersOf('admin');
    for (const { path } of procedures) {
      if (stepUpOf(path) === 'always' || !transportsOf(path).includes(transport) || changesTheSession.has(path))
        continue;
      const { code } = await callProcedure(server, transport, path, rows[path]?.input(world) ?? {}, headers);
      expect({ path, code }).not.toEqual({ path, code: 'auth.second_factor_required' });
    }
  });
});

describe.each(['tRPC', 'REST'] as const)('signing in through %s', (transport) => {
  it('asks for a code once the password is right, and then lets dangerous steps pass', async () => {
    const world = await givenWorld(server);
    const { email } = world.people.root;
    const logIn = (more: Input) =>
      callProcedure(server, transport, 'auth.login', { email, password: world.password, ...more }, { origin: ORIGIN });
    expect(await logIn({ password: 'not the right one' })).toMatchObject({ code: 'auth.invalid_credentials' });
    const asked = await logIn({});
    expect(asked).toMatchObject({ code: 'auth.second_factor_required', status: 401 });
    expect(asked.response.headers['set-cookie']).toBeUndefined();
    expect(asked.response.headers['www-authenticate']).toBe(
      'Bearer realm="promptory", error="insufficient_user_authentication"',
    );
    expect(await logIn({ code: '000000' })).toMatchObject({ code: 'auth.second_factor_invalid', status: 401 });
    expect(await logIn({ code: '12345' })).toMatchObject({ code: 'request.invalid', status: 400 });
    const signedIn = await logIn({ code: world.codes.root, session: 'cookie' });
    expect(signedIn).toMatchObject({ code: 'ok', result: { refreshToken: null, user: { email } } });
    const { accessToken } = signedIn.result as { accessToken: string };
    const headers = { authorization: `Bearer ${accessToken}` };
    const key = await callProcedure(
      server,
      transport,
      'apiKeys.create',
      { name: 'A key', scopes: ['prompts:read'] },
      headers,
    );
    expect(key.code).toBe('ok');
    expect(await logIn({ code: world.codes.root })).toMatchObject({ code: 'auth.second_factor_invalid' });
  });
});

it('keeps codes, keys of authenticators and recovery codes out of the log', async () => {
  const loud = await bootApp({ log: true });
  try {
    const world = await givenWorld(loud);
    const headers = await world.headersOf('owner');
    const started = await callProcedure(loud, 'REST', 'auth.totp.start', { currentPassword: world.password }, headers);
    const { setupKey } = started.result as { setupKey: string };
    const { root } = world.people;
    const wrong = { email: root.email, password: world.password, code: '918273', session: 'token' };
    await callProcedure(loud, 'REST', 'auth.login', wrong);
    const admin = await world.headersOf('admin');
    const renewed = await callProcedure(
      loud,
      'tRPC',
      'auth.totp.renewRecoveryCodes',
      { code: world.codes.root },
      admin,
    );
    const { recoveryCodes } = renewed.result as { recoveryCodes: string[] };
    expect(recoveryCodes).toHaveLength(10);
    const log = loud.logged.join('\n');
    expect(log).toContain('/auth/login');
    for (const secret of [setupKey, ...recoveryCodes, `"${world.codes.root}"`, '"918273"']) {
      expect(log).not.toContain(secret);
    }
  } finally {
    await loud.close();
  }
});
