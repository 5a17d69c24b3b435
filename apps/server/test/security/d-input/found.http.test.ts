import { describe, expect, it } from 'vitest';
import { bootApp, givenApp } from '../../harness/boot.ts';
import { givenWorld } from '../../harness/given-world.ts';
import { callProcedure, transports } from '../../harness/transports.ts';
import { provokable } from './sqlstate.ts';

// What the attacks found, each as the guarantee that did not hold.

const server = await givenApp();
await provokable(server);

describe('a call whose session the database ends within its transaction', () => {
  it.each(transports)('is answered 503 with Retry-After by %s, and the next one is served', async (transport) => {
    const world = await givenWorld(server);
    const headers = await world.headersOf('owner');
    const ended = await callProcedure(server, transport, 'groups.create', { name: 'provoke 57P01' }, headers);
    expect([ended.status, ended.code]).toEqual([503, 'server.unavailable']);
    expect(Number(ended.response.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await callProcedure(server, transport, 'groups.create', { name: 'Next' }, headers)).code).toBe('ok');
  });
});

describe('what is recorded of a request', () => {
  it('shows no password, code or encoded key that came in its path', async () => {
    const loud = await bootApp({ log: true });
    try {
      const typed = ['correct-horse-7', '492039', '%70ty_live_%41bcdefghijklmnop'];
      for (const text of typed) {
        for (const url of [`/prompts/${text}`, `/nowhere/${text}`, `/trpc/me.get,${text}`, `/${text}/%zz`]) {
          await loud.call({ url });
        }
      }
      const log = loud.logged.join('');
      expect(log).toContain('"path":"/prompts/…"');
      for (const text of typed) expect(log).not.toContain(text);
    } finally {
      await loud.close();
    }
  });

  it('keeps no credential by which the caller named itself', async () => {
    const { alice } = (await givenWorld(server)).people;
    const { accessToken, refreshToken } = await server.session(alice);
    const headers = { 'user-agent': `program/7 ${accessToken} ${refreshToken}` };
    await callProcedure(server, 'REST', 'auth.login', { email: alice.email, password: 'not the password' }, headers);
    const { rows } = await server.database.pool.query<{ row: string }>(
      "SELECT to_jsonb(a)::text AS row FROM auth_attempts AS a WHERE user_agent LIKE 'program/7%'",
    );
    expect(rows.map(({ row }) => row).join()).toContain('program/7 [redacted] [redacted]');
  });

  it('refuses an address with an encoded key also where the rest of it cannot be decoded', async () => {
    const key = `%70ty_live_${'a'.repeat(38)}`;
    for (const url of [`/prompts?x=%zz&key=${key}`, `/prompts?key=${encodeURIComponent(key)}`]) {
      expect((await server.call({ url })).statusCode).toBe(400);
    }
  });
});

describe('an address that cannot be read', () => {
  it('is answered as every other is: by Origin', async () => {
    const { headers, statusCode } = await server.call({ url: '/%', headers: { origin: 'https://evil.example' } });
    expect([statusCode, headers.vary]).toEqual([400, 'Origin']);
  });
});
