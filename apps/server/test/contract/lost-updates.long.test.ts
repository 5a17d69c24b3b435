import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';
import { givenWorld, type World } from '../harness/given-world.ts';
import { takeChanges, watchRows } from '../harness/row-changes.ts';
import { callProcedure, endpointOf, type Headers, type Input, procedures } from '../harness/transports.ts';

const server = await givenApp();
await watchRows(server.database);

interface Row {
  /** Where it is read, and with what the procedure finds it. */
  readonly url: (world: World) => string;
  readonly named: (world: World) => Input;
  readonly read: string;
  /** What a change writes; `number` is another each time. */
  readonly changes: (number: number) => Input;
}

const prompt: Omit<Row, 'changes'> = {
  url: ({ shared }) => `/prompts/${shared}`,
  named: ({ shared }) => ({ id: shared }),
  read: 'prompts.get',
};
const group: Omit<Row, 'changes'> = {
  url: (world) => `/groups/${world.group}`,
  named: (world) => ({ id: world.group }),
  read: 'groups.get',
};
const own = (url: string, read: string) => ({ url: () => url, named: () => ({}), read });

/** Every write whose address is read with an ETag, some in several ways; the first test finds those that are left out. */
const rows: Readonly<Record<string, readonly Row[]>> = {
  'prompts.update': [
    { ...prompt, changes: (number) => ({ tags: [`tag ${number}`] }) },
    { ...prompt, changes: (number) => ({ category: `Category ${number}` }) },
    { ...prompt, changes: (number) => ({ slug: `slug-${number}` }) },
    { ...prompt, changes: (number) => ({ visibility: number % 2 === 0 ? 'public' : 'private', title: `T${number}` }) },
    { ...prompt, changes: (number) => ({ content: `Content ${number}` }) },
  ],
  'prompts.delete': [{ ...prompt, changes: () => ({}) }],
  'groups.update': [{ ...group, changes: (number) => ({ name: `Name ${number}` }) }],
  'groups.delete': [{ ...group, changes: () => ({}) }],
  'me.update': [{ ...own('/users/me', 'me.get'), changes: (number) => ({ name: `Name ${number}` }) }],
  'preferences.update': [
    { ...own('/users/preferences', 'preferences.get'), changes: (number) => ({ pageSize: (number % 90) + 1 }) },
  ],
};

let numbers = 0;
const cases = Object.entries(rows).flatMap(([path, ways]) =>
  ways.map((row) => ({ path, row, name: `${path} { ${Object.keys(row.changes(0)).join(', ')} }` })),
);

async function givenRow(path: string, row: Row) {
  const world = await givenWorld(server);
  const headers = await world.headersOf('owner');
  const read = async () => {
    const answer = await server.call({ url: row.url(world), headers });
    return { etag: String(answer.headers.etag), revision: answer.json<{ revision?: string }>().revision };
  };
  const write = (ifMatch: string | undefined, changes: Input = row.changes(numbers++), more: Headers = {}) => {
    const { method } = endpointOf(path).rest;
    const precondition = ifMatch === undefined ? {} : { 'if-match': ifMatch };
    const request: InjectOptions = { method, url: row.url(world), headers: { ...headers, ...precondition, ...more } };
    return server.call(method === 'DELETE' ? request : { ...request, payload: changes });
  };
  /** The same over tRPC. */
  const call = (revision: unknown, changes: Input = row.changes(numbers++)) =>
    callProcedure(server, 'tRPC', path, { ...row.named(world), ...changes, revision }, headers);
  await takeChanges(server.database);
  return { world, headers, read, write, call };
}

const written = async () => (await takeChanges(server.database)).filter(({ table }) => !table.startsWith('usage'));

describe('a change that builds on what was read', () => {
  it('can be made conditional wherever the address is read with an ETag', () => {
    const read = procedures.filter(({ rest }) => rest.etag !== undefined).map(({ rest }) => rest.path);
    const writes = procedures.filter(({ rest }) => ['PUT', 'DELETE'].includes(rest.method) && read.includes(rest.path));
    expect(writes.map(({ path }) => path).sort()).toEqual(Object.keys(rows).sort());
    expect(writes.filter(({ rest }) => rest.ifMatch === undefined)).toEqual([]);
  });

  it.each(cases)('is refused, and nothing changes, once another was made: $name', async ({ path, row }) => {
    const { read, write, call } = await givenRow(path, row);
    const before = await read();
    // Somebody else changes what makes no version, or another field.
    const other = rows[path.replace('delete', 'update')]?.[0] ?? row;
    const { method } = endpointOf(path).rest;
    const changed = await write(undefined, other.changes(numbers++), {});
    expect(changed.statusCode).toBeLessThan(300);
    if (method === 'DELETE') return;
    await written();
    const refused = await write(before.etag);
    expect(refused.json()).toMatchObject({ status: 412, code: 'request.precondition_failed' });
    expect(await call(before.revision)).toMatchObject({ status: 412, code: 'request.precondition_failed' });
    expect(await written()).toEqual([]);
  });

  it.each(cases)('is refused for what is no strong ETag of now: $name', async ({ path, row }) => {
    const { read, write, call } = await givenRow(path, row);
    const { etag, revision } = await read();
    const tag = etag.slice(1, -1);
    for (const header of [
      '"1-anything"',
      `W/${etag}`,
      tag,
      `"${tag}`,
      `"${tag}x"`,
      `"x${tag}"`,
      '""',
      ',',
      `"1-${tag}"`,
    ]) {
      expect((await write(header)).statusCode, header).toBe(412);
    }
    for (const given of ['', '1-anything', etag, [], ['a', 'b']]) {
      expect((await call(given)).status, String(given)).toBe(412);
    }
    expect(await written()).toEqual([]);
    expect((await read()).revision).toBe(revision);
  });

  it.each(cases)('is made with the ETag of now, in whatever list, and by a star: $name', async ({ path, row }) => {
    for (const listed of [(etag: string) => etag, (etag: string) => `"other,one",W/"weak" , ${etag}`, () => ' * ']) {
      const { read, write } = await givenRow(path, row);
      expect((await write(listed((await read()).etag))).statusCode).toBeLessThan(300);
      expect(await written()).not.toEqual([]);
    }
    const { read, call } = await givenRow(path, row);
    expect((await call((await read()).revision)).code).toBe('ok');
    const again = await givenRow(path, row);
    expect((await again.call(['other', (await again.read()).revision])).code).toBe('ok');
  });

  it('is refused by an ETag of before a label of an included prompt moved, and goes by a revision alone', async () => {
    const { world, headers } = await givenRow('prompts.update', rows['prompts.update']?.[0] as Row);
    const send = (method: 'POST' | 'PUT', url: string, payload: object, more: Headers = {}) =>
      server.call({ method, url, headers: { ...headers, ...more }, payload });
    const made = (await send('POST', '/prompts', { title: 'Tone', slug: 'tone', content: '{{ one }}' })).json<{
      id: string;
    }>();
    await send('PUT', `/prompts/${made.id}`, { content: '{{ two }}' });
    await send('PUT', `/prompts/${made.id}/labels/production`, { version: 1 });
    const url = `/prompts/${world.shared}`;
    await send('PUT', url, { content: "{% render 'tone@production' %}" });
    const read = (more: Headers = {}) => server.call({ url, headers: { ...headers, ...more } });
    const byRef = (more: Headers = {}) => {
      const { slug } = before.json<{ slug: string }>();
      return server.call({ url: `/prompts/resolve?ref=${slug}%40latest`, headers: { ...headers, ...more } });
    };
    const before = await read();
    const resolved = await byRef();
    const known = { 'if-none-match': String(before.headers.etag) };
    const knownByRef = { 'if-none-match': String(resolved.headers.etag) };
    expect([(await read(known)).statusCode, (await byRef(knownByRef)).statusCode]).toEqual([304, 304]);
    const move = { version: 2, acceptBreaking: true, reason: 'Now' };
    expect((await send('PUT', `/prompts/${made.id}/labels/production`, move)).statusCode).toBe(200);
    const after = await read(known);
    expect([after.statusCode, (await byRef(knownByRef)).statusCode]).toEqual([200, 200]);
    expect(after.json().signature.inputs.required).toEqual(['two']);
    expect(after.json().revision).toBe(before.json().revision);
    const put = (etag: unknown, more: object = {}) =>
      send('PUT', url, { tags: [`t${numbers++}`], ...more }, { 'if-match': String(etag) }).then((it) => it.statusCode);
    const [revision] = String(after.headers.etag).slice(1).split('.');
    await takeChanges(server.database);
    for (const stale of [before.headers.etag, resolved.headers.etag, `"${revision}.${'x'.repeat(22)}"`])
      expect(await put(stale), String(stale)).toBe(412);
    expect(await put(before.headers.etag, { revision })).toBe(412);
    expect(
      (await server.call({ method: 'DELETE', url, headers: { ...headers, 'if-match': String(before.headers.etag) } }))
        .statusCode,
    ).toBe(412);
    expect(await written()).toEqual([]);
    expect(await put(after.headers.etag, { revision })).toBe(200);
    expect((await send('PUT', url, { tags: ['still'], revision: (await read()).json().revision })).statusCode).toBe(
      200,
    );
    expect(await put(after.headers.etag)).toBe(412);
  });

  it.each(cases)('is made by one of those that come at once: $name', async ({ path, row }) => {
    const { read, write, call } = await givenRow(path, row);
    const { etag, revision } = await read();
    const answers = await Promise.all([
      write(etag).then(({ statusCode }) => (statusCode < 300 ? 'ok' : statusCode)),
      write(etag).then(({ statusCode }) => (statusCode < 300 ? 'ok' : statusCode)),
      call(revision).then(({ code, status }) => (code === 'ok' ? 'ok' : status)),
      call(revision).then(({ code, status }) => (code === 'ok' ? 'ok' : status)),
    ]);
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1);
    // What is gone is not found any more.
    expect(answers.filter((answer) => answer !== 'ok' && answer !== 412 && answer !== 404)).toEqual([]);
  });

  it.each(cases)('may go on from the answer of the last, over both transports: $name', async ({ path, row }) => {
    if (endpointOf(path).rest.status === 204) return;
    const { write, call, read } = await givenRow(path, row);
    const first = (await write((await read()).etag)).json<{ revision: string }>();
    expect(first.revision).toBe((await read()).revision);
    const second = await call(first.revision);
    expect(second.code).toBe('ok');
    const { revision } = second.result as { revision: string };
    const third = await write(`"${revision}"`, {});
    expect([third.statusCode, third.json().revision]).toEqual([200, revision]);
  });

  it.each(cases)('is made where header and field name what is there, both of them: $name', async ({ path, row }) => {
    const isDelete = endpointOf(path).rest.method === 'DELETE';
    const { write, read, headers, world } = await givenRow(path, row);
    const { etag, revision } = await read();
    const stale = 'x'.repeat(22);
    const both = (header: string, field: unknown) => {
      if (!isDelete) return write(header, { ...row.changes(numbers++), revision: field });
      const url = `${row.url(world)}?revision=${encodeURIComponent(String(field))}`;
      return server.call({ method: 'DELETE', url, headers: { ...headers, 'if-match': header } });
    };
    for (const [header, field] of [
      [etag, stale],
      [`"${stale}"`, revision],
      [`"${stale}"`, stale],
      ['*', stale],
    ]) {
      expect((await both(header as string, field)).statusCode, `${header} ${field}`).toBe(412);
    }
    expect(await written()).toEqual([]);
    expect((await both(`"other", ${etag}`, isDelete ? revision : [stale, revision])).statusCode).toBeLessThan(300);
  });

  it('of the order of a group is refused once another was made, and goes on from its answer', async () => {
    const row = rows['groups.update']?.[0] as Row;
    const { world, headers, read } = await givenRow('groups.update', row);
    const { json } = await server.call({ url: `/groups/${world.group}`, headers });
    const ids = json<{ prompts: { prompt: { id: string } }[] }>().prompts.map(({ prompt }) => prompt.id);
    const made = await server.call({ method: 'POST', url: '/prompts', headers, payload: { title: 'T', content: 'c' } });
    const { id } = made.json<{ id: string }>();
    await server.call({ method: 'POST', url: `/groups/${world.group}/prompts`, headers, payload: { promptId: id } });
    const order = (promptIds: string[], ifMatch: string) =>
      server.call({
        method: 'PUT',
        url: `/groups/${world.group}/reorder`,
        headers: { ...headers, 'if-match': ifMatch },
        payload: { promptIds },
      });
    const { etag } = await read();
    const one = await order([id, ...ids], etag);
    expect(one.statusCode).toBe(200);
    await written();
    expect((await order([...ids, id], etag)).json()).toMatchObject({ code: 'request.precondition_failed' });
    const stale = await callProcedure(
      server,
      'tRPC',
      'groups.reorder',
      {
        id: world.group,
        promptIds: [...ids, id],
        revision: etag.slice(1, -1),
      },
      headers,
    );
    expect(stale.status).toBe(412);
    expect(await written()).toEqual([]);
    expect((await order([...ids, id], `"${one.json().revision}"`)).statusCode).toBe(200);
  });

  it('of a group of several pages takes its revision, as its ETag is weak', async () => {
    const row = rows['groups.update']?.[0] as Row;
    const { headers, write, world } = await givenRow('groups.update', row);
    const page = await server.call({ url: `/groups/${world.group}?limit=1`, headers });
    expect(page.headers.etag).toMatch(/^W\//);
    expect((await write(String(page.headers.etag))).statusCode).toBe(412);
  });
});
