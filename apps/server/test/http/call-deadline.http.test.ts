import { givenPerson } from '@promptory/api/testing';
import { expect, it } from 'vitest';
import { bootApp, givenApp } from '../harness/boot.ts';

// A statement ends by itself after four seconds. Whatever else a call waits for, its caller is answered.

it('gives a call fifteen seconds', async () => {
  const server = await givenApp();
  expect(Reflect.get(server.app.initialConfig, 'handlerTimeout')).toBe(15_000);
});

it.each([
  ['REST', '/prompts?limit=1'],
  ['tRPC', '/trpc/prompts.list'],
])('answers a call over %s that comes to no end in its time, and says when to come again', async (_transport, url) => {
  const server = await bootApp({ app: { callTimeoutMs: 300 } });
  try {
    const headers = await server.as.key(await givenPerson(server.services));
    expect((await server.call({ url, headers })).statusCode).toBe(200);
    const holding = await server.database.pool.connect();
    await holding.query('BEGIN; LOCK TABLE prompts IN ACCESS EXCLUSIVE MODE');
    const { statusCode, headers: answered, body } = await server.call({ url, headers });
    await holding.query('ROLLBACK');
    holding.release();
    expect([statusCode, Number(answered['retry-after']) >= 1]).toEqual([503, true]);
    expect(body).toContain('"server.unavailable"');
    expect((await server.call({ url, headers })).statusCode).toBe(200);
  } finally {
    await server.close();
  }
});
