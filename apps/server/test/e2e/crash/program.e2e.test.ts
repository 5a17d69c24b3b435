import { createPromptory } from '@promptory/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KillableSite } from '../../failure/harness/killable-site.ts';
import { send } from '../harness/send.ts';

const PROMPTS = 300;
/** Fewer than it makes at once, so that it meets the limit several times. */
const SETTINGS = { RATE_LIMIT_KEY: '120/4' };

let site: KillableSite;
beforeAll(async () => {
  site = await KillableSite.open();
});
afterAll(async () => {
  await site?.close();
});

const titles = async (): Promise<string[]> =>
  (await site.connection.db.selectFrom('prompts').select('title').execute()).map(({ title }) => title);

async function untilMade(count: number): Promise<void> {
  while ((await titles()).length < count);
}

it('makes 300 prompts by a key, each once, beyond its limit and while the server is killed and started anew', async () => {
  let server = await site.startServer(SETTINGS);
  const account = { email: 'program@example.org', name: 'Program', password: 'a lantern in the third field' };
  const { accessToken } = await send<{ accessToken: string }>(server.url, 'POST', '/auth/register', account);
  const { key } = await send<{ key: string }>(
    server.url,
    'POST',
    '/users/api-keys',
    { name: 'program', scopes: ['prompts:write'] },
    { authorization: `Bearer ${accessToken}` },
  );

  const waits = new Map<string, number>();
  const promptory = createPromptory({
    url: server.url,
    apiKey: key,
    // Each start listens on another port.
    fetch: (url, init) => fetch(url.replace(/^http:\/\/[^/]+/, server.url), init),
    onWait: ({ reason }) => waits.set(reason, (waits.get(reason) ?? 0) + 1),
  });
  const made = Promise.all(
    Array.from({ length: PROMPTS }, (_, index) =>
      promptory.prompts.create.mutate({ title: `Prompt ${index}`, content: 'Say it' }),
    ),
  );
  await untilMade(50);
  await server.kill();
  server = await site.startServer(SETTINGS);
  await untilMade(150);
  await server.stop();
  server = await site.startServer(SETTINGS);

  const answers = await made;
  expect(new Set(answers.map(({ id }) => id)).size).toBe(PROMPTS);
  const stored = await titles();
  expect([stored.length, new Set(stored).size]).toEqual([PROMPTS, PROMPTS]);
  expect(waits.get('limit')).toBeGreaterThan(0);
  expect(waits.get('failure')).toBeGreaterThan(0);
  process.stdout.write(
    `waits of ${PROMPTS} calls: ${[...waits].map(([reason, count]) => `${count} ${reason}`).join(', ')}\n`,
  );
  promptory.$close();
}, 600_000);
