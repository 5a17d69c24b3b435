import { givenCast } from '@promptory/api/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';
import { readWhile } from '../harness/slow-reader.ts';

const app = await givenApp();
let cast: Awaited<ReturnType<typeof givenCast>>;

// More than the buffers between two ends of a connection take, so that the answer waits for its reader.
const PROMPTS = 80;

beforeAll(async () => {
  cast = await givenCast(app.services);
  const headers = await app.as.person(cast.alice);
  for (let i = 0; i < PROMPTS; i += 1) {
    const payload = { title: `Long ${i}`, content: 'x'.repeat(200_000) };
    await app.call({ method: 'POST', url: '/prompts', headers, payload });
  }
});

const exportWhile = async (headers: Record<string, string>, path: string, happens: () => Promise<unknown>) =>
  readWhile(`${await app.url()}${path}`, headers, happens);

const paths = ['/prompts/export', `/trpc/transfer.export?batch=1&input=${encodeURIComponent('{"0":{}}')}`];

describe('an answer that is still being written', () => {
  it('ends soon after its session, on either transport', async () => {
    const runs = paths.map(async (path) => {
      const { sessionId, accessToken } = await app.session(cast.alice);
      const headers = { authorization: `Bearer ${accessToken}`, 'trpc-accept': 'application/jsonl' };
      return exportWhile(headers, path, () =>
        app.database.db.deleteFrom('sessions').where('id', '=', sessionId).execute(),
      );
    });
    expect(await Promise.all(runs)).toEqual(['cut off', 'cut off']);
  });

  it('ends soon after its API key, and after an administrator is none any more', async () => {
    const key = await app.as.key(cast.alice, { scopes: ['prompts:read'] });
    const revoked = exportWhile(key, '/prompts/export', () =>
      app.database.db
        .updateTable('api_keys')
        .set({ revoked_at: new Date() })
        .where('user_id', '=', cast.alice.id)
        .execute(),
    );
    const demoted = exportWhile(await app.as.person(cast.root), '/prompts/export?scope=readable', () =>
      app.database.db.updateTable('users').set({ role: 'user' }).where('id', '=', cast.root.id).execute(),
    );
    expect(await Promise.all([revoked, demoted])).toEqual(['cut off', 'cut off']);
  });

  it('comes to its end where nothing happens, however slow its reader', async () => {
    expect(await exportWhile(await app.as.person(cast.alice), '/prompts/export', async () => undefined)).toBe(
      'complete',
    );
  });
});
