import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { InjectOptions } from 'fastify';
import { rows } from '../../contract/access-matrix.rows.ts';
import { givenApp } from '../../harness/boot.ts';
import { givenWorld, type World } from '../../harness/given-world.ts';
import { sendChunks } from '../../harness/send-chunks.ts';
import { type Headers, procedures } from '../../harness/transports.ts';
import { inParallel } from '../harness/in-parallel.ts';
import { proves } from '../harness/proof.ts';

const server = await givenApp();
const world = await givenWorld(server);
const headers = await world.headersOf('owner');
const adminHeaders = await world.headersOf('admin');

const MEBIBYTE = 1_048_576;
const IMPORT_BYTES = 16 * MEBIBYTE;
const JSON_TYPE = { 'content-type': 'application/json' };

const mutations = procedures.filter(({ type }) => type === 'mutation');

/** Every address that takes a body, by each transport. Calls under `auth` are refused in a batch whatever their size. */
const takers = mutations.flatMap(({ path, rest }) => {
  const filled = rows[path]?.input(placeholders()) ?? {};
  const url = rest.path.replaceAll(/\{([^}]*)\}/g, (_, name: string) => String(filled[name]));
  const isRest = rest.body === undefined && rest.method !== 'DELETE';
  return [
    { path, transport: 'tRPC', method: 'POST', url: `/trpc/${path}` },
    ...(path.startsWith('auth.')
      ? []
      : [{ path, transport: 'tRPC batch', method: 'POST', url: `/trpc/${path},${path}?batch=1` } as const]),
    ...(isRest ? [{ path, transport: 'REST', method: rest.method, url }] : []),
  ] as const;
});

/** Ids that exist nowhere: what is too large is refused before anything is looked up. */
function placeholders(): World {
  const nowhere = '01900000-0000-7000-8000-000000000000';
  const somebody = { id: nowhere, email: 'a@example.com', handle: 'a' };
  const answer: ProxyHandler<object> = {
    get: (_, name) => (name === 'people' || name === 'codes' ? new Proxy({}, { get: () => somebody }) : nowhere),
  };
  return new Proxy({}, answer) as World;
}

const send = async (options: InjectOptions): Promise<{ status: number; body: string }> => {
  const { statusCode, body } = await server.call(options);
  return { status: statusCode, body };
};

proves(
  'D3',
  '200 MB in chunks are cut off, at the wire after 1 MiB and at the import after 16, in flat memory',
  async (proof) => {
    proof.atLeast(7);
    const base = await server.url();
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 20);
    // Beyond the limit lies what the sockets of both ends hold.
    const buffers = 6 * MEBIBYTE;
    const floods = [
      ['/trpc/prompts.create', 'application/json', '{"title":"', MEBIBYTE],
      ['/prompts', 'application/json', '{"title":"', MEBIBYTE],
      ['/prompts/import', 'text/csv', 'title,content\n', IMPORT_BYTES],
      ['/prompts/import', 'application/x-ndjson', '', IMPORT_BYTES],
      ['/prompts/import', 'multipart/form-data; boundary=b', '--b\r\n', MEBIBYTE],
      ['/groups', 'text/plain', 'a', MEBIBYTE],
    ] as const;
    for (const [path, type, start, limit] of floods) {
      const { status, end, sent } = await sendChunks(`${base}${path}`, { ...headers, 'content-type': type }, start);
      // An import that has begun to answer says in its last line why it ended.
      const isCut = status === 413 || status === 415 || (status === 200 && /too_large|cut off/.test(end));
      proof.check(isCut && sent < limit + buffers, () => `${path} as ${type}: ${status} after ${sent} bytes, ${end}`);
    }
    const small = await server.call({
      method: 'POST',
      url: '/prompts/import',
      headers: { ...headers, 'content-type': 'text/csv' },
      payload: 'title,content\nSmall,small\n',
    });
    proof.works(small.body.includes('"created":1'), () => `a small file: ${small.statusCode} ${small.body}`);
    clearInterval(watch);
    const grown = Math.round((peak - before) / MEBIBYTE);
    proof.check(grown < 160, () => `memory grew by ${grown} MB`);
    proof.remark(`200 MB in chunks, six times: the process, which sends them too, grew by ${grown} MB`);
  },
);

proves(
  'D3',
  'no call takes more than one mebibyte, JSON deeper than 64 levels, or another type than JSON',
  async (proof) => {
    const levels = (count: number): string => `${'['.repeat(count)}${']'.repeat(count)}`;
    const large = JSON.stringify({ x: 'x'.repeat(MEBIBYTE) });
    const bodies: ReadonlyArray<readonly [what: string, type: Headers, payload: string, statuses: readonly number[]]> =
      [
        ['more than a mebibyte', JSON_TYPE, large, [413]],
        ['a mebibyte of blanks', JSON_TYPE, `${' '.repeat(MEBIBYTE)}{}`, [413]],
        ['65 levels', JSON_TYPE, levels(65), [400]],
        ['65 levels within a field', JSON_TYPE, `{"0":${levels(64)}}`, [400]],
        ['5,000 levels', JSON_TYPE, levels(5_000), [400]],
        ['half a million levels', JSON_TYPE, levels(500_000), [400]],
        ['text', { 'content-type': 'text/plain' }, '{}', [415]],
        ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'title=a', [415]],
        ['a large form in parts', { 'content-type': 'multipart/form-data; boundary=b' }, large, [413, 415]],
        ['large bytes', { 'content-type': 'application/octet-stream' }, large, [413, 415]],
        ['JSON in UTF-16', { 'content-type': 'application/json; charset=utf-16' }, '{}', [415]],
      ];
    const sent = takers.flatMap((taker) => bodies.map((body) => ({ ...taker, body })));
    await inParallel(
      proof.sample(sent, 50),
      4,
      async ({ path, transport, method, url, body: [what, type, payload, statuses] }) => {
        const whose = path.startsWith('admin.') ? adminHeaders : headers;
        const { status, body } = await send({ method, url, headers: { ...whose, ...type }, payload });
        // A form that nobody asked for opens no call of a batch, which then says so for each.
        const isRefused = statuses.includes(status) || (status === 207 && !body.includes('"result"'));
        proof.check(isRefused, () => `${path} by ${transport} with ${what}: ${status} ${body.slice(0, 200)}`);
      },
    );
    const payload = JSON.stringify({ title: 'Small', content: levels(64) });
    const { status } = await send({ method: 'POST', url: '/prompts', headers: { ...headers, ...JSON_TYPE }, payload });
    proof.works(status === 201, () => `a small body is answered ${status}`);
  },
);

proves(
  'D3',
  'more than 16 KB of headers are 431, and an address of many thousand fields costs no 5xx',
  async (proof) => {
    proof.atLeast(8);
    const { port } = new URL(await server.url());
    const raw = (head: string): Promise<string> => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(`${head}\r\nHost: a\r\nConnection: close\r\n\r\n`);
      return text(socket);
    };
    const heads: ReadonlyArray<readonly [head: string, status: RegExp]> = [
      [`GET /prompts HTTP/1.1\r\nX-Long: ${'a'.repeat(17_000)}`, /^HTTP\/1\.1 431 /],
      [`GET /trpc/prompts.list HTTP/1.1\r\nCookie: ${'a=b; '.repeat(4_000)}`, /^HTTP\/1\.1 431 /],
      [`GET /prompts?q=${'a'.repeat(17_000)} HTTP/1.1`, /^HTTP\/1\.1 431 /],
      [`GET /prompts HTTP/1.1${'\r\nX-A: b'.repeat(1_900)}`, /^HTTP\/1\.1 4\d\d /],
      [`GET /prompts?${'a&'.repeat(7_000)} HTTP/1.1`, /^HTTP\/1\.1 4\d\d /],
      [`GET /prompts?${'tag=a&'.repeat(2_000)} HTTP/1.1`, /^HTTP\/1\.1 4\d\d /],
      [`GET /${'a/'.repeat(7_000)} HTTP/1.1`, /^HTTP\/1\.1 4\d\d /],
    ];
    const usual = await raw('GET /health/live HTTP/1.1');
    proof.works(usual.startsWith('HTTP/1.1 200 '), () => `a usual request: ${usual.slice(0, 100)}`);
    for (const [head, status] of heads) {
      const answer = await raw(head);
      proof.check(status.test(answer), () => `${head.slice(0, 60)}: ${answer.slice(0, 100)}`);
    }
  },
);
