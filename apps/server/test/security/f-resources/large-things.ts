import { MAX_RELEASED_PROMPTS } from '@promptory/schemas';
import type { BootedApp } from '../../harness/boot.ts';
import { givenWorld } from '../../harness/given-world.ts';
import type { Headers, Input } from '../../harness/transports.ts';
import { hiddenChat, type LargeThings, largePrompts, releasedAs, texts } from './loop.rows.ts';

async function given(call: BootedApp['call'], headers: Headers, path: string, input: Input): Promise<{ id: string }> {
  const response = await call({ method: 'POST', url: `/trpc/${path}`, headers: { ...headers }, payload: input });
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.body.slice(0, 300)}`);
  return response.json().result.data;
}

/**
 * Makes what the rows of largest inputs name, as the largest that they may be, by ordinary calls.
 * @param releasedCount how many prompts a release has; as many as may be, unless given
 */
export async function makeLargeThings(
  server: BootedApp,
  releasedCount = MAX_RELEASED_PROMPTS,
): Promise<LargeThings & { headersOf(path: string): Headers }> {
  const world = await givenWorld(server);
  const [owner, admin] = [await world.headersOf('owner'), await world.headersOf('admin')];
  const make = (path: string, input: Input) => given((request) => server.call(request), owner, path, input);
  // What the other calls create would be in an export too, and the test itself gathers its whole answer in one turn.
  const exporter = await (await givenWorld(server)).headersOf('owner');
  for (const input of largePrompts) await given((request) => server.call(request), exporter, 'prompts.create', input);
  const prompts: string[] = [];
  for (const input of largePrompts) prompts.push((await make('prompts.create', input)).id);
  const [first = '', ...others] = Object.values(texts);
  const compared = (await make('prompts.create', { title: 'Compared', content: first })).id;
  for (const content of others) await make('prompts.update', { id: compared, content });
  const gated = (await make('prompts.create', { title: 'Gated', ...hiddenChat(1) })).id;
  await make('prompts.update', { id: gated, ...hiddenChat(2) });
  await make('labels.move', { id: gated, label: 'production', version: 1 });
  const released: string[] = [];
  for (let at = 0; at < releasedCount; at += 1) {
    const { id } = await make('prompts.create', { title: `Released ${at}`, ...releasedAs(at, 1) });
    await make('prompts.update', { id, ...releasedAs(at, 2) });
    released.push(id);
  }
  await make('releases.create', { label: 'staging', prompts: released.map((promptId) => ({ promptId, version: 2 })) });
  const group = (await make('groups.create', { name: 'All' })).id;
  for (const promptId of prompts) await make('groups.addPrompt', { id: group, promptId });
  return {
    world,
    prompts,
    compared,
    gated,
    released,
    versions: others.length + 1,
    group,
    grouped: prompts,
    headersOf: (path) => (path.startsWith('admin.') ? admin : path.startsWith('transfer.export') ? exporter : owner),
  };
}
