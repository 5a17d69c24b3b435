import { givenPerson } from '@promptory/api/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';
import type { Headers } from '../harness/transports.ts';

const server = await givenApp();
const alice = await givenPerson(server.services, { handle: 'alice' });
const headers: Headers = await server.as.person(alice);

// Documents are texts here: an object of JavaScript could not hold every order of members.
const name = fc.oneof(
  fc.nat({ max: 12 }).map(String),
  fc.constantFrom('b', 'a', '01', '\\', '\n', 'toString', 'constructor', '模型', '😀', 'x'.repeat(40)),
);
const scalar = fc.oneof(
  fc.constantFrom('null', 'true', '""', '0.1', '1e+23', '5e-324', '1.7976931348623157e+308', '9007199254740991'),
  fc.integer().map(String),
  fc.constantFrom('a\nb', '"', '\\u0000', 'é', 'e\u0301').map((text) => JSON.stringify(text)),
);
const membersOf = (value: fc.Arbitrary<string>) =>
  fc
    .uniqueArray(fc.tuple(name, value), { maxLength: 6, selector: ([key]) => key })
    .map((members) => `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${inner}`).join(',')}}`);
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    membersOf(tie('value')),
  ),
}));
const document = membersOf(value);
const message = fc.constantFrom('{"role":"user","content":"hi"}', '{"content":"hi","role":"user"}');

interface Sent {
  readonly config: string;
  readonly inputSchema: string;
  readonly outputSchema: string;
  readonly messages: string;
}

const fieldsOf = ({ config, inputSchema, outputSchema, messages }: Sent, title: string): string =>
  `{"outputSchema":${outputSchema},"inputSchema":${inputSchema},"title":"${title}","kind":"chat","messages":${messages},"config":${config}}`;

const post = (url: string, payload: string, more: Headers = {}) =>
  server.call({ method: 'POST', url, headers: { ...headers, 'content-type': 'application/json', ...more }, payload });

const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** The ways in, each of which makes a prompt of the title. */
const ways: Readonly<Record<string, (sent: Sent, title: string) => Promise<{ statusCode: number; body: string }>>> = {
  REST: (sent, title) => post('/prompts', fieldsOf(sent, title)),
  tRPC: (sent, title) => post('/trpc/prompts.create', fieldsOf(sent, title)),
  'a batch': (sent, title) =>
    post(
      '/trpc/favorites.remove,prompts.create?batch=1',
      `{"1":${fieldsOf(sent, title)},"0":{"promptId":"${ABSENT}"}}`,
    ),
  'a batch that streams': (sent, title) =>
    post('/trpc/prompts.create?batch=1', `{"0":${fieldsOf(sent, title)}}`, { 'trpc-accept': 'application/jsonl' }),
  'an import of JSON lines': (sent, title) =>
    post('/prompts/import', fieldsOf(sent, title), { 'content-type': 'application/x-ndjson' }),
  'an import of CSV': ({ config, inputSchema, outputSchema, messages }, title) => {
    const cells = [title, messages, config, inputSchema, outputSchema].map(cell);
    const rows = ['title,messages,config,inputSchema,outputSchema', cells.join(',')];
    return post('/prompts/import', rows.join('\n'), { 'content-type': 'text/csv' });
  },
  'an import over tRPC': (sent, title) =>
    post(
      '/trpc/transfer.import?batch=1',
      `{"0":{"source":{"type":"application/x-ndjson","body":${JSON.stringify(fieldsOf(sent, title))}}}}`,
      { 'trpc-accept': 'application/jsonl' },
    ),
};
const ABSENT = '01900000-0000-7000-8000-000000000000';

const get = async (url: string, accept = '*/*'): Promise<string> =>
  (await server.call({ url, headers: { ...headers, accept } })).body;

async function idOf(title: string): Promise<string> {
  const row = await server.services.db.selectFrom('prompts').select('id').where('title', '=', title).executeTakeFirst();
  if (row === undefined) throw new Error(`No prompt is called ${title}.`);
  return row.id;
}

/** What of a text stands between `"field":` and what follows it, however deep. */
const holds = (body: string, { config, inputSchema, outputSchema, messages }: Sent): void => {
  expect(body).toContain(`"messages":${messages},`);
  expect(body).toContain(`"config":${config},`);
  expect(body).toContain(`"inputSchema":${inputSchema}`);
  expect(body).toContain(`"outputSchema":${outputSchema}`);
};

describe('a document comes out as it went in, to the order of its members', () => {
  it.each(Object.keys(ways))('by %s', async (way) => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(document, document, fc.array(message, { minLength: 1, maxLength: 3 }), async (...parts) => {
        const [config, value, messages] = parts;
        const [inputSchema, outputSchema] = [`{"const":${value}}`, `{"title":"Answer","const":${value}}`];
        const sent = { config, inputSchema, outputSchema, messages: `[${messages.join(',')}]` };
        const title = `${way} ${count++}`;
        const made = await ways[way]?.(sent, title);
        expect(made?.statusCode).toBeLessThan(300);
        const id = await idOf(title);
        holds(await get(`/prompts/${id}`), sent);
        holds(await get(`/prompts/${id}/versions/1`), sent);
        holds(await get(`/prompts?limit=1&sort=created`), sent);
        holds(await get(`/trpc/prompts.get?input=${encodeURIComponent(JSON.stringify({ id }))}`), sent);
        const exported = (await get('/prompts/export?scope=mine')).trim().split('\n').at(-1) ?? '';
        holds(exported, sent);
        // Again, it is the same prompt.
        const again = await post('/prompts/import', exported, { 'content-type': 'application/x-ndjson' });
        expect(again.body).toContain('"unchanged":1');
        const csv = await get('/prompts/export?scope=mine', 'text/csv');
        expect(csv).toContain(cell(config).slice(1, -1));
        await server.call({ method: 'DELETE', url: `/prompts/${id}`, headers });
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });

  it('and another order of members is another version, with its note, and shows in the difference', async () => {
    const orders = ['{"x":{"reasoning":1,"answer":2,"2":0,"1":0}}', '{"x":{"answer":2,"reasoning":1,"1":0,"2":0}}'];
    const { id } = (await post('/prompts', `{"title":"Order","content":"x","config":${orders[0]}}`)).json();
    const before = (await server.call({ url: `/prompts/${id}`, headers })).headers.etag;
    const payload = `{"config":${orders[1]},"changeNote":"Answer first"}`;
    const url = `/prompts/${id}`;
    const put = { method: 'PUT' as const, url, headers: { ...headers, 'content-type': 'application/json' }, payload };
    expect((await server.call(put)).json()).toMatchObject({ version: 2 });
    expect((await server.call(put)).json()).toMatchObject({ version: 2 });
    const after = await server.call({ url, headers });
    expect(after.headers.etag).not.toBe(before);
    expect(after.body).toContain(`"config":${orders[1]}`);
    expect(await get(`${url}/versions`)).toContain('"changeNote":"Answer first"');
    expect(JSON.parse(await get(`${url}/diff?from=1&to=2`)).config.changes).toEqual([
      {
        path: '/x',
        type: 'reordered',
        from: ['reasoning', 'answer', '2', '1'],
        to: ['answer', 'reasoning', '1', '2'],
      },
    ]);
    const restored = await post(`${url}/versions/1/restore`, '{}');
    expect(restored.body).toContain(`"config":${orders[0]}`);
    const copied = await post(`${url}/duplicate`, '{"version":2}');
    expect(copied.body).toContain(`"config":${orders[1]}`);
  });

  it('and so it is answered again to the same Idempotency-Key, which in another order is another call', async () => {
    const send = (config: string) =>
      post('/prompts', `{"config":${config},"title":"Keyed","content":"x"}`, { 'idempotency-key': 'documents' });
    const first = await send('{"2":{"b":1,"a":2},"1":0}');
    expect(first.body).toContain('"config":{"2":{"b":1,"a":2},"1":0}');
    expect((await send('{"2":{"b":1,"a":2},"1":0}')).body).toBe(first.body);
    expect((await send('{"1":0,"2":{"b":1,"a":2}}')).statusCode).toBe(422);
    expect((await send('{"2":{"a":2,"b":1},"1":0}')).statusCode).toBe(422);
  });
});

describe('what JavaScript cannot hold is refused by every way in', () => {
  const refused = [
    ['a number that would be rounded', '{"a":[1,9007199254740993]}', '9007199254740993'],
    ['one that is too large', '{"a":[1,1e400]}', '1e400'],
    ['minus zero', '{"a":[1,-0]}', '-0'],
    ['a name that stands twice', '{"a":{"b":1,"b":2}}', 'twice'],
    ['__proto__', '{"a":{"__proto__":{"polluted":true}}}', '__proto__'],
    ['a constructor with a prototype', '{"constructor":{"prototype":{"polluted":true}}}', 'constructor'],
  ] as const;
  it.each(refused)('%s', async (_, config, said) => {
    const count = await server.services.db.selectFrom('prompts').select('id').execute();
    for (const [way, send] of Object.entries(ways)) {
      const sent = { config, inputSchema: '{}', outputSchema: '{}', messages: '[{"role":"user","content":"x"}]' };
      const { body } = await send(sent, 'Refused');
      expect(body, way).toContain(said);
      expect(body, way).not.toContain('"outcome":"created"');
    }
    expect(await server.services.db.selectFrom('prompts').select('id').execute()).toHaveLength(count.length);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('also where a field takes a number, and says where it stands', async () => {
    const answer = await post(
      '/groups/01900000-0000-7000-8000-000000000000/prompts',
      '{"position":1.00000000000000001}',
    );
    expect(answer.json()).toMatchObject({ code: 'request.malformed', errors: [{ path: 'position' }] });
    const version = await get('/prompts/01900000-0000-7000-8000-000000000000/versions/1.00000000000000001');
    expect(JSON.parse(version)).toMatchObject({ code: 'request.invalid' });
  });
});
