import { givenGroup, givenPerson, givenPrompt, type Person } from '@promptory/api/testing';
import { createPromptory, isPromptoryError } from '@promptory/client';
import { cutFeeds } from '@promptory/db/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { givenApp } from '../harness/boot.ts';
import { type OpenedEvents, openEvents } from '../harness/open-events.ts';
import { callProcedure, type Headers } from '../harness/transports.ts';

// Two servers on one database: what is changed through the one is told by the other.

const writer = await givenApp({ remembers: true });
const server = await givenApp({ remembers: true, beside: writer });

const call = async (headers: Headers, procedure: string, input: Record<string, unknown>) => {
  const { code, result } = await callProcedure(writer, 'tRPC', procedure, input, headers);
  if (code !== 'ok') throw new Error(`${procedure}: ${code}`);
  return result as { id: string; revision: string };
};

async function watch(headers: Headers, id: string, more: Headers = {}): Promise<OpenedEvents> {
  const opened = await openEvents(`${await server.url()}/groups/${id}/watch`, { ...headers, ...more });
  onTestFinished(() => opened.close());
  return opened;
}

/** A group of alice's with two prompts of hers that carol views. */
async function givenWatched() {
  const [alice, carol] = [await givenPerson(writer.services), await givenPerson(writer.services)];
  const headers = await writer.as.person(alice);
  const newPrompt = async (owner: Person, visibility: 'private' | 'public' = 'private') =>
    (await givenPrompt(writer.services, owner, 'In a group', { visibility })).id;
  const promptIds = [await newPrompt(alice), await newPrompt(alice)];
  const id = await givenGroup(writer.services, { owner: alice, viewers: [carol], promptIds });
  const byAlice = (procedure: string, input: Record<string, unknown>) => call(headers, procedure, input);
  return { id, alice, carol, promptIds, newPrompt, byAlice, asCarol: await server.as.person(carol) };
}

const something = () => true;
const next = async (stream: OpenedEvents) => (await stream.until(something)).at(-1);
const gone = (id: string) => ({ type: 'none', id, code: 'group.not_found' });

describe('a group that is watched', () => {
  it('tells what it is to its reader, at first and whenever its prompts, their order or its texts are others', async () => {
    const { id, promptIds, newPrompt, alice, byAlice, asCarol } = await givenWatched();
    const [one, two] = promptIds as [string, string];
    const stream = await watch(asCarol, id);
    const first = await next(stream);
    expect(first).toEqual({
      ...{ type: 'group', id, name: expect.any(String), description: expect.any(String), role: 'viewer', promptIds },
      ...{ memberCount: 2, membersRevision: expect.any(String) },
    });
    const three = await newPrompt(alice);
    await byAlice('groups.addPrompt', { id, promptId: three, position: 0 });
    expect(await next(stream)).toEqual({ ...Object(first), promptIds: [three, one, two] });
    await byAlice('groups.reorder', { id, promptId: one, after: two });
    expect(await next(stream)).toMatchObject({ promptIds: [three, two, one] });
    await byAlice('groups.removePrompt', { id, promptId: two });
    expect(await next(stream)).toMatchObject({ promptIds: [three, one] });
    await byAlice('prompts.delete', { id: three });
    expect(await next(stream)).toMatchObject({ promptIds: [one] });
    await byAlice('prompts.restore', { id: three });
    expect(await next(stream)).toMatchObject({ promptIds: [three, one] });
    await byAlice('groups.update', { id, description: 'Told as well' });
    expect(await next(stream)).toMatchObject({ description: 'Told as well' });
    await byAlice('groups.update', { id, name: 'Renamed' });
    expect(await next(stream)).toMatchObject({ name: 'Renamed', promptIds: [three, one], memberCount: 2 });
    expect(stream.events).toHaveLength(8);
  });

  it('tells that its members are others, and what its reader is by now', async () => {
    const { id, carol, byAlice, asCarol } = await givenWatched();
    const bob = await givenPerson(writer.services);
    const stream = await watch(asCarol, id);
    const revisions = [Reflect.get(Object(await next(stream)), 'membersRevision')];
    const nextRevised = async () => {
      const event = Object(await next(stream)) as { membersRevision: string };
      revisions.push(event.membersRevision);
      return event;
    };
    await byAlice('members.add', { id, handle: bob.handle, role: 'viewer' });
    expect(await nextRevised()).toMatchObject({ memberCount: 3, role: 'viewer' });
    await byAlice('members.update', { id, userId: bob.id, role: 'editor' });
    expect(await nextRevised()).toMatchObject({ memberCount: 3, role: 'viewer' });
    await byAlice('members.update', { id, userId: carol.id, role: 'owner' });
    expect(await nextRevised()).toMatchObject({ memberCount: 3, role: 'owner' });
    expect(new Set(revisions).size).toBe(4);
  });

  it('tells nothing of prompts that its reader may not read, nor that something of these has changed', async () => {
    const { id, newPrompt, byAlice, promptIds, asCarol } = await givenWatched();
    const dave = await givenPerson(writer.services);
    const foreign = await newPrompt(dave, 'public');
    await byAlice('groups.addPrompt', { id, promptId: foreign, position: 1 });
    const [one, two] = promptIds;
    const stream = await watch(asCarol, id);
    expect(await next(stream)).toMatchObject({ promptIds: [one, foreign, two] });
    const asDave = await writer.as.person(dave);
    await call(asDave, 'prompts.update', { id: foreign, visibility: 'private' });
    expect(await next(stream)).toMatchObject({ promptIds });
    await call(asDave, 'prompts.update', { id: foreign, content: 'Nobody’s business' });
    await call(asDave, 'prompts.delete', { id: foreign });
    await byAlice('groups.update', { id, name: 'After that' });
    expect(await stream.until(something)).toMatchObject([{ name: 'After that', promptIds }]);
  });

  it('is told over the tRPC wire as over REST', async () => {
    const { id, byAlice, asCarol } = await givenWatched();
    const input = encodeURIComponent(JSON.stringify({ id }));
    const stream = await openEvents(`${await server.url()}/trpc/groups.watch?input=${input}`, asCarol);
    onTestFinished(() => stream.close());
    await stream.until(({ data }) => Reflect.get(Object(data), 'type') === 'group');
    await byAlice('groups.update', { id, name: 'Over the wire' });
    expect(await next(stream)).toMatchObject({ type: 'group', name: 'Over the wire' });
  });
});

describe('who may not read the group', () => {
  it('is answered as though there were none', async () => {
    const { id } = await givenWatched();
    const mallory = await writer.as.person(await givenPerson(writer.services));
    for (const transport of ['tRPC', 'REST'] as const) {
      expect(await callProcedure(server, transport, 'groups.watch', { id }, mallory)).toMatchObject({
        ...{ status: 404, code: 'group.not_found' },
      });
    }
  });

  it('any more is told that there is none, and what it is once they may again', async () => {
    const { id, carol, byAlice, asCarol } = await givenWatched();
    const stream = await watch(asCarol, id);
    await next(stream);
    await byAlice('members.remove', { id, userId: carol.id });
    expect(await next(stream)).toEqual(gone(id));
    await byAlice('groups.update', { id, name: 'A secret of others' });
    await byAlice('members.add', { id, handle: carol.handle, role: 'viewer' });
    expect(await stream.until(something)).toMatchObject([{ type: 'group', name: 'A secret of others' }]);
    await byAlice('groups.delete', { id });
    expect(await next(stream)).toEqual(gone(id));
    expect((await watch(asCarol, id)).status).toBe(404);
  });

  it('has the stream cut off where the session has ended', async () => {
    const { id, carol, asCarol } = await givenWatched();
    const stream = await watch(asCarol, id);
    await next(stream);
    await writer.services.db.deleteFrom('sessions').where('user_id', '=', carol.id).execute();
    expect(await stream.over).toBe('cut off');
  });
});

describe('the typed client', () => {
  it('is told of a group, also once the feed of changes was cut, until it leaves', async () => {
    const { id, carol, byAlice } = await givenWatched();
    const client = createPromptory({
      url: await server.url(),
      apiKey: (await server.as.key(carol))['x-api-key'] ?? '',
    });
    onTestFinished(() => client.$close());
    const names: string[] = [];
    const ended = vi.fn();
    const { unsubscribe } = client.groups.watch.subscribe(
      { id },
      { onData: ({ data }) => names.push(data.type === 'group' ? data.name : data.type), onComplete: ended },
    );
    await expect.poll(() => names).toHaveLength(1);
    await byAlice('groups.update', { id, name: 'Told' });
    await expect.poll(() => names.slice(1)).toEqual(['Told']);
    await cutFeeds(writer.pool);
    await byAlice('groups.update', { id, name: 'Told on' });
    await expect.poll(() => names.at(-1)).toBe('Told on');
    unsubscribe();
    await byAlice('groups.update', { id, name: 'Not told' });
    const other: string[] = [];
    const more = client.groups.watch.subscribe({ id }, { onData: ({ id: place }) => other.push(place) });
    await expect.poll(() => other).toHaveLength(1);
    more.unsubscribe();
    expect(names).not.toContain('Not told');
  });

  it('throws what the server refuses for good, and ends a loop where it is closed', async () => {
    const { id, carol } = await givenWatched();
    const mallory = await givenPerson(writer.services);
    const clientOf = async (person: Person) =>
      createPromptory({ url: await server.url(), apiKey: (await server.as.key(person))['x-api-key'] ?? '' });
    const refused = await clientOf(mallory);
    const error = await new Promise<unknown>((resolve) => refused.groups.watch.subscribe({ id }, { onError: resolve }));
    expect(isPromptoryError(error, 'group.not_found')).toBe(true);
    const client = await clientOf(carol);
    const types: string[] = [];
    for await (const { data } of client.groups.watch.subscribe({ id })) {
      types.push(data.type);
      client.$close();
    }
    expect(types).toEqual(['group']);
  });
});

describe('a client that comes back to a group', () => {
  it('is told what it missed, and nothing where it missed nothing', async () => {
    const { id, promptIds, byAlice, asCarol } = await givenWatched();
    const before = await watch(asCarol, id);
    await next(before);
    await byAlice('groups.update', { id, name: 'Seen' });
    await next(before);
    before.close();
    await byAlice('groups.reorder', { id, promptIds: promptIds.toReversed() });
    const after = await watch(asCarol, id, { 'last-event-id': before.leftAt() });
    expect(await after.until(({ data }) => Reflect.get(Object(data), 'type') === 'group')).toMatchObject([
      { name: 'Seen', promptIds: promptIds.toReversed() },
    ]);
    expect((await watch(asCarol, id, { 'last-event-id': 'x' }).then((stream) => stream.until(something)))[0]).toEqual({
      type: 'reset',
    });
  });
});
