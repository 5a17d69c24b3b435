import { givenGroup, givenPerson, type Person } from '@promptory/api/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bootApp, givenApp } from '../harness/boot.ts';
import { type OpenedEvents, openEvents } from '../harness/open-events.ts';
import { callProcedure, type Headers } from '../harness/transports.ts';

// Two servers on one database: what is changed through the one is told by the other.

const writer = await givenApp({ remembers: true });
const server = await givenApp({ remembers: true, beside: writer });
const { db } = writer.services;

const call = async (headers: Headers, procedure: string, input: Record<string, unknown>) => {
  const { code, result } = await callProcedure(writer, 'tRPC', procedure, input, headers);
  if (code !== 'ok') throw new Error(`${procedure}: ${code}`);
  return result as { id: string; key: string; apiKey: { id: string } };
};

async function watch(headers: Headers, refs: readonly string[], more: Headers = {}): Promise<OpenedEvents> {
  const query = new URLSearchParams(refs.map((ref): [string, string] => ['refs', ref]));
  const opened = await openEvents(`${await server.url()}/prompts/watch?${query}`, { ...headers, ...more });
  onTestFinished(() => opened.close());
  return opened;
}

/** A prompt in production whose second version is there. */
async function givenWatched(owner: Person, slug: string, parts: object = {}) {
  const headers = await writer.as.person(owner);
  const { id } = await call(headers, 'prompts.create', { title: 'Watched', content: 'One', slug, ...parts });
  await call(headers, 'prompts.update', { id, content: 'Two' });
  const move = (version: number | null) =>
    version === null
      ? call(headers, 'labels.remove', { id, label: 'production' })
      : call(headers, 'labels.move', { id, label: 'production', version });
  await move(1);
  return { id, headers, move };
}

const says = (what: object) => (event: { data: unknown }) =>
  Object.entries(what).every(([name, value]) => Reflect.get(Object(event.data), name) === value);
const version = (number: number) => says({ type: 'prompt', version: number });
const gone = (code: string) => says({ type: 'none', code });

describe('prompts that are watched', () => {
  it('tell where each reference leads, at first and whenever that is another version', async () => {
    const alice = await givenPerson(writer.services);
    const { id, headers, move } = await givenWatched(alice, 'told');
    const stream = await watch(await server.as.key(alice), ['told', 'told@latest', 'told#9', 'none']);
    expect(stream.status).toBe(200);
    const first = [];
    for (let count = 0; count < 4; count += 1) first.push(...(await stream.until(() => true)));
    expect(first.map((each) => ({ ...Object(each), revision: undefined }))).toEqual(
      expect.arrayContaining([
        { type: 'prompt', ref: 'told', promptId: id, version: 1 },
        { type: 'prompt', ref: 'told@latest', promptId: id, version: 2 },
        { type: 'none', ref: 'told#9', code: 'prompt.version_not_found' },
        { type: 'none', ref: 'none', code: 'prompt.not_found' },
      ]),
    );
    await move(2);
    expect(await stream.until(version(2))).toMatchObject([{ ref: 'told' }]);
    await move(null);
    expect(await stream.until(gone('label.not_found'))).toMatchObject([{ ref: 'told' }]);
    await call(headers, 'prompts.create', { title: 'New', content: 'x', slug: 'none' });
    expect(await stream.until(() => true)).toEqual([{ type: 'none', ref: 'none', code: 'label.not_found' }]);
    await call(headers, 'prompts.delete', { id });
    for (let left = 3; left > 0; left -= 1) await stream.until(gone('prompt.not_found'));
    expect(stream.events).toHaveLength(10);
  });

  it('are told by what they include', async () => {
    const alice = await givenPerson(writer.services);
    const { move } = await givenWatched(alice, 'parts/tone');
    await givenWatched(alice, 'whole', { content: 'x' });
    const headers = await writer.as.person(alice);
    const { id } = await call(headers, 'prompts.create', {
      ...{ title: 'Including', slug: 'including', content: "{% render 'parts/tone@production' %}" },
    });
    await call(headers, 'labels.move', { id, label: 'production', version: 1 });
    const stream = await watch(headers, ['including']);
    const [before] = await stream.until(version(1));
    await move(2);
    const [after] = await stream.until(version(1));
    expect(after).toEqual({ ...Object(before), revision: expect.any(String) });
    expect(after).not.toEqual(before);
  });

  it('are told over the tRPC wire as over REST, and refused as a stream', async () => {
    const alice = await givenPerson(writer.services);
    const { move } = await givenWatched(alice, 'by-trpc');
    const key = await server.as.key(alice);
    const input = encodeURIComponent(JSON.stringify({ refs: ['by-trpc'] }));
    const stream = await openEvents(`${await server.url()}/trpc/prompts.watch?input=${input}`, key);
    onTestFinished(() => stream.close());
    const [connected] = await stream.until(version(1));
    expect(connected).toEqual({ reconnectAfterInactivityMs: 40_000 });
    await move(2);
    await stream.until(version(2));
    const refused = await callProcedure(server, 'tRPC', 'prompts.watch', { refs: ['Not one'] }, key);
    expect(refused).toMatchObject({ status: 400, code: 'request.invalid' });
  });
});

describe('a client that comes back', () => {
  it('is told what it missed, also by the other server', async () => {
    const alice = await givenPerson(writer.services);
    const moved = await givenWatched(alice, 'back/moved');
    await givenWatched(alice, 'back/same');
    const key = await server.as.key(alice);
    const refs = ['back/moved', 'back/same'];
    const before = await watch(key, refs);
    await before.until(() => true);
    await before.until(() => true);
    await moved.move(2);
    await before.until(version(2));
    before.close();
    await moved.move(1);
    const query = new URLSearchParams({ lastEventId: before.leftAt() });
    for (const ref of refs) query.append('refs', ref);
    for (const url of [await server.url(), await writer.url()]) {
      const after = await openEvents(`${url}/prompts/watch?${query}`, key);
      onTestFinished(() => after.close());
      await after.until(says({ ref: 'back/moved', version: 1 }));
      await moved.move(2);
      await after.until(says({ ref: 'back/moved', version: 2 }));
      // What lies not long back may be said again.
      expect(after.events.map(({ data }) => Reflect.get(Object(data), 'type'))).not.toContain('reset');
      await moved.move(1);
    }
  });

  it.each([
    ['one that is too old', '1-1-00000000'],
    ['none of ours', 'x'],
    ['nothing told', '0'],
  ])('with %s is told that all may have changed, and then all', async (_, lastEventId) => {
    const alice = await givenPerson(writer.services);
    await givenWatched(alice, 'reset');
    const stream = await watch(await server.as.key(alice), ['reset'], { 'last-event-id': lastEventId });
    expect(await stream.until(version(1))).toMatchObject([{ type: 'reset' }, { ref: 'reset' }]);
  });
});

describe('who may not read it any more', () => {
  it('is told that it is not there, and never again what it is', async () => {
    const [alice, carol] = [await givenPerson(writer.services), await givenPerson(writer.services)];
    const { id, headers, move } = await givenWatched(alice, 'shared', { visibility: 'public' });
    const ref = `${alice.handle}/shared`;
    const stream = await watch(await server.as.person(carol), [ref]);
    await stream.until(version(1));
    await call(headers, 'prompts.update', { id, visibility: 'private' });
    await stream.until(gone('prompt.not_found'));
    await move(2);
    const groupId = await givenGroup(writer.services, { owner: alice, viewers: [carol], promptIds: [id] });
    expect(await stream.until(() => true)).toMatchObject([{ ref, version: 2 }]);
    await call(headers, 'members.remove', { id: groupId, userId: carol.id });
    expect(await stream.until(() => true)).toEqual([{ type: 'none', ref, code: 'prompt.not_found' }]);
  });

  it('has its stream cut off where its key is revoked', async () => {
    const alice = await givenPerson(writer.services);
    await givenWatched(alice, 'cut');
    const headers = await writer.as.person(alice);
    const { key, apiKey } = await call(headers, 'apiKeys.create', { name: 'Watching', scopes: ['prompts:read'] });
    const [cut, kept] = [await watch({ 'x-api-key': key }, ['cut']), await watch(headers, ['cut'])];
    for (const stream of [cut, kept]) await stream.until(version(1));
    await call(headers, 'apiKeys.revoke', { id: apiKey.id });
    expect(await cut.over).toBe('cut off');
    expect((await watch({ 'x-api-key': key }, ['cut'])).status).toBe(401);
    await db.updateTable('users').set({ status: 'suspended' }).where('id', '=', alice.id).execute();
    expect(await kept.over).toBe('cut off');
  });

  it('has its stream ended politely where the server closes', async () => {
    const alice = await givenPerson(writer.services);
    await givenWatched(alice, 'closing');
    const closing = await bootApp({ remembers: true, beside: writer });
    const stream = await openEvents(`${await closing.url()}/prompts/watch?refs=closing`, await writer.as.key(alice));
    await stream.until(version(1));
    await closing.close();
    expect(await stream.over).toBe('ended');
  });
});
