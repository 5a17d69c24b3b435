import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ForeignClient } from '../consumer/foreign-client.ts';
import { givenServer, jsonLines } from '../given-server.ts';
import { type CompiledClients, compileClients } from './compile.ts';
import { generators } from './generators.ts';

const PASSWORD = 'violet ladders hum quietly';

let clients: CompiledClients;
const server = givenServer();

// Ends what hangs: it is all work, and most of it the compiler's.
beforeAll(async () => {
  clients = await compileClients(generators);
}, 600_000);
afterAll(async () => {
  await clients?.remove();
});

it('compiles under strict what every generator makes, and every call of it', () => {
  expect(clients.complaints).toEqual([]);
});

describe.each(generators.map(({ name }) => name))('a client by %s', (name) => {
  const email = `${name}@example.org`;
  let client: ForeignClient;
  let id: string;
  let etag: string;

  beforeAll(async () => {
    const answer = await fetch(`${server.url}/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD, name, handle: name }),
    });
    expect(answer.status).toBe(201);
    const { open } = await clients.load<{ open(baseUrl: string): ForeignClient }>(name);
    client = open(server.url);
  });

  it('signs in, and makes a prompt once however often it asks with one key', async () => {
    await client.signIn(email, PASSWORD);
    const prompt = { title: `A guide by ${name}`, content: 'Guide me.', tags: ['travel', 'guide'] };
    const made = await client.create(prompt, 'the-first');
    expect(made).toMatchObject({ version: 1 });
    expect((await client.create(prompt, 'the-first')).id).toBe(made.id);
    id = made.id;
    await client.create({ title: `A map by ${name}`, content: 'Draw it.', tags: ['travel'] }, 'the-second');
  });

  it('lists by several tags, by a boolean, and page by page', async () => {
    const both = { tag: ['travel', 'guide'], limit: 5 };
    expect(await client.list(both)).toEqual({ titles: [`A guide by ${name}`], next: null });
    expect(await client.list({ ...both, favorite: true })).toEqual({ titles: [], next: null });
    expect(await client.list({ tag: ['travel'], limit: 1 })).toEqual({
      titles: [expect.any(String)],
      next: expect.any(String),
    });
  });

  it('reads a prompt with its ETag, and changes it by that', async () => {
    const read = await client.get(id);
    expect(read).toMatchObject({
      title: `A guide by ${name}`,
      content: 'Guide me.',
      etag: expect.stringMatching(/^"/),
    });
    expect(await client.update(id, 'Guide me well.', read.etag ?? '')).toBe(2);
    etag = (await client.get(id)).etag ?? '';
    expect(etag).not.toBe(read.etag);
    expect(await client.stale(id, 'Guide nobody.', read.etag ?? '')).toBe('request.precondition_failed');
  });

  it('reads of a conflict which version is the latest, and whose', async () => {
    expect(await client.conflict(id, 'Guide them.', 1)).toEqual({ version: 2, handle: name });
  });

  it('reads the faults of a wrong input by path', async () => {
    expect(await client.faults('')).toEqual(['title']);
  });

  it('imports prompts as JSON and reads what became of each, and exports them as lines', async () => {
    const events = jsonLines(await client.imported([{ title: `Imported by ${name}`, content: 'As it is.' }]));
    expect(events).toMatchObject([
      { type: 'row', row: 1, outcome: 'created' },
      { type: 'progress', rows: 1 },
      { type: 'done', rows: 1, created: 1, failed: 0 },
    ]);
    const titles = jsonLines(await client.exported()).map(({ title }) => title);
    expect(titles.sort()).toEqual([`A guide by ${name}`, `A map by ${name}`, `Imported by ${name}`]);
  });

  it('makes a group, and shows the prompts in it', async () => {
    const group = await client.createGroup(`A group by ${name}`);
    expect(await client.addToGroup(group, id)).toEqual([`A guide by ${name}`]);
  });

  it('puts a prompt into the trash, and takes it out again', async () => {
    await client.delete(id, etag);
    expect((await client.list({ tag: ['guide'], limit: 5 })).titles).toEqual([]);
    expect(await client.restore(id)).toBe(`A guide by ${name}`);
    expect((await client.list({ tag: ['guide'], limit: 5 })).titles).toEqual([`A guide by ${name}`]);
  });
});
