import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ordinaryCalls, request, sendRaw } from './raw-request.ts';
import { startServer, type WatchedServer } from './watched-server.ts';

const MB = 1_048_576;
const KB64 = 65_536;

/** One with the product's header limit, and one that lets every path through to the transports. */
let strict: WatchedServer;
let lenient: WatchedServer;

beforeAll(async () => {
  [strict, lenient] = await Promise.all([startServer(), startServer({ maxHeaderSize: MB })]);
});

afterAll(async () => {
  expect(await Promise.all([strict.close(), lenient.close()])).toEqual([0, 0]);
});

afterEach(async () => {
  for (const server of [strict, lenient]) {
    expect((await server.look()).failures).toEqual({});
    expect((await sendRaw(server.port, request('GET /notes/1'))).status).toBe(200);
  }
});

const fill = (text: string, length = KB64) => text.repeat(Math.ceil(length / text.length)).slice(0, length);
const get = (path: string, ...headers: string[]) => request(`GET ${path}`, ['host: localhost', ...headers]);
const post = (path: string, body: string, ...headers: string[]) =>
  request(`POST ${path}`, ['host: localhost', 'content-type: application/json', ...headers]) + body;

const form = (type: string) =>
  `${request('POST /trpc/form', ['host: localhost', `content-type: ${type}`, 'content-length: 2'])}{}`;

const paths = {
  'a path that nothing serves': `/${fill('a')}`,
  'slashes only': fill('/'),
  'the name of a procedure': `/trpc/${fill('a')}`,
  'a name of many parts': `/trpc/${fill('a.')}`,
  'a name of dots': `/trpc/${fill('.')}`,
  'a name encoded': `/trpc/${fill('%61', 65_535)}`,
  'a name encoded again and again': `/trpc/%${fill('25')}61`,
  'a name of slashes': `/trpc/${fill('a/')}`,
  'a name of signs of percent': `/trpc/${fill('%')}`,
  'a name of zero bytes': `/trpc/${fill('%00', 65_535)}`,
  'a name that is not UTF-8': `/trpc/${fill('%ff', 65_535)}`,
  'a parameter': `/notes/${fill('a')}`,
  'a parameter that is not UTF-8': `/notes/${fill('%c3%28', 65_532)}`,
  'a parameter cut in the middle': `/notes/${fill('%E0%A4%A')}`,
  'an input that is not JSON': `/trpc/get?input=${fill('a')}`,
  'an input of open brackets': `/trpc/get?input=${fill('%5B', 65_535)}`,
  'an input of signs of percent': `/trpc/get?input=${fill('%')}`,
  'thousands of parameters': `/notes/1?${fill('a&')}`,
  'thousands of inputs': `/trpc/get?${fill('input=1&')}`,
  'an input with thousands of keys': `/trpc/get?input=${encodeURIComponent(`{${Array.from({ length: 4_000 }, (_, key) => `"${key}":1`).join()}}`)}`,
};

describe('a path of 64 KB', () => {
  it.each(Object.entries(paths))('%s is refused by the transport that reads it', async (_name, path) => {
    const { status } = await sendRaw(lenient.port, get(path));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it.each(Object.entries(paths))('%s does not pass the limit of headers', async (_name, path) => {
    expect((await sendRaw(strict.port, get(path))).status).toBe(431);
  });

  it.each(Object.entries(paths))('%s is refused where it is cut to pass the limit', async (_name, path) => {
    const { status } = await sendRaw(strict.port, get(path.slice(0, 16_000)));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });
});

const hosts = {
  'of 10,000 characters': [`host: ${fill('a', 10_000)}`],
  'of 300 characters': [`host: ${fill('a', 300)}`],
  'with a space': ['host: a b'],
  'with an open bracket': ['host: [::1'],
  'with a path': ['host: a/b'],
  'with a user': ['host: a@b'],
  'with an impossible port': ['host: localhost:99999999'],
  'of percent signs': ['host: %00%ff'],
  'of raw bytes': ['host: \xff\xfe'],
  missing: [],
};

describe('a host', () => {
  it.each(Object.entries(hosts))('%s is refused on the wire', async (_name, headers) => {
    expect((await sendRaw(strict.port, request('GET /trpc/ping', headers))).status).toBe(400);
  });

  it.each(Object.entries(hosts))('%s never fails REST', async (_name, headers) => {
    expect([200, 400]).toContain((await sendRaw(strict.port, request('GET /notes/1', headers))).status);
  });
});

const notHttp = {
  'zero bytes': '\0'.repeat(1_000),
  'raw bytes': '\xff\xfe\xfd\r\n\r\n',
  'raw bytes in the method': 'G\xc3T / HTTP/1.1\r\nhost: a\r\n\r\n',
  'a zero byte in the path': 'GET /trpc/\0 HTTP/1.1\r\nhost: a\r\n\r\n',
  'a space in the path': 'GET /trpc/a b HTTP/1.1\r\nhost: a\r\n\r\n',
  'a line that never ends': fill('GET /', MB),
  'a version to come': 'GET /trpc/ping HTTP/9.9\r\nhost: a\r\n\r\n',
  'a greeting of TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'a method that nobody knows': 'FOO /trpc/ping HTTP/1.1\r\nhost: a\r\n\r\n',
  'a header without a name': 'GET /trpc/ping HTTP/1.1\r\nhost: a\r\n: b\r\n\r\n',
  'a header with a zero byte': 'GET /trpc/ping HTTP/1.1\r\nhost: a\r\na: \0\r\n\r\n',
  'a length and chunks': post('/trpc/create', '0\r\n\r\n', 'content-length: 5', 'transfer-encoding: chunked'),
  'two lengths': post('/trpc/create', '{}', 'content-length: 2', 'content-length: 3'),
  'a negative length': post('/trpc/create', '', 'content-length: -1'),
  'a length of forty digits': post('/trpc/create', '', `content-length: ${fill('9', 40)}`),
  'a chunk without a size': post('/trpc/create', 'zz\r\n\r\n', 'transfer-encoding: chunked'),
  'a chunk of 2^64 bytes': post('/trpc/create', `${fill('f', 17)}\r\n`, 'transfer-encoding: chunked'),
  'an endless chunk extension': post('/trpc/create', `1;${fill('a', MB)}`, 'transfer-encoding: chunked'),
  'an endless trailer': post('/trpc/create', `0\r\n${fill('a: b\r\n', MB)}`, 'transfer-encoding: chunked'),
  'an unknown coding of chunks': post('/trpc/create', '{}', 'transfer-encoding: gzip'),
  'one header of 64 KB': get('/trpc/ping', `x-a: ${fill('a')}`),
  '10,000 headers': get('/trpc/ping', ...Array.from({ length: 10_000 }, (_, index) => `x-${index}: 1`)),
  '10,000 cookies': get('/trpc/ping', ...Array.from({ length: 10_000 }, () => 'cookie: a=b')),
};

describe('what is not quite HTTP', () => {
  it.each(Object.entries(notHttp))('%s: is refused, or its connection ended', async (_name, bytes) => {
    const { status, closed } = await sendRaw(strict.port, bytes);
    expect(closed).toBe(true);
    expect(status === undefined || (status >= 400 && status < 500)).toBe(true);
  });
});

const methods = ['PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY', 'SEARCH', 'M-SEARCH', 'LOCK'];

describe('a method that a transport does not serve', () => {
  it.each(methods)('%s is refused by both', async (method) => {
    const answers = await Promise.all(
      ['/trpc/ping', '/trpc/', '/notes', '/nowhere'].map((path) => sendRaw(strict.port, request(`${method} ${path}`))),
    );
    for (const { status } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
  });
});

const odd = {
  'a name of Object.prototype': get('/trpc/toString'),
  'a name of every prototype': get('/trpc/__proto__'),
  'a name inside a prototype': get('/trpc/constructor.prototype'),
  'no name': get('/trpc/'),
  'parameters of a connection that are not JSON': get('/trpc/watch?connectionParams=%7B'),
  'a last event of 15 KB': get('/trpc/nothing', `last-event-id: ${fill('a', 15_000)}`),
  'a type of 15 KB': post('/trpc/create', '{}', `content-type: ${fill('a/', 15_000)}`, 'content-length: 2'),
  'a form without a boundary': form('multipart/form-data'),
  'a form that is none': form('multipart/form-data; boundary=b'),
  'an expectation that nobody can meet': get('/trpc/ping', 'expect: the-unexpected'),
  'a body in a coding': post('/trpc/create', '{}', 'content-encoding: gzip', 'content-length: 2'),
};

describe('a request that reads well and says nothing', () => {
  it.each(Object.entries(odd))('%s is refused', async (_name, bytes) => {
    const { status } = await sendRaw(strict.port, bytes);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });
});

describe('garbage', () => {
  it('of 3,000 random paths fails neither transport', async () => {
    const pieces = [
      '%',
      '%2',
      '%00',
      '%2e%2e',
      '%2F',
      '%ff',
      '%c3%28',
      '%25',
      '.',
      ',',
      '/',
      '?',
      '&',
      '=',
      'batch=1',
      'input=',
      '%7B',
      '%22',
      'get',
      'ping',
      'notes',
      '__proto__',
      '%EF%BF%BF',
      '%ED%A0%80',
      '[',
      '"',
      '*',
      ';',
      '+',
      ':',
    ];
    const garbage = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12, size: 'max' });
    const all = fc
      .sample(garbage, { seed: 11, numRuns: 3_000 })
      .map((parts, index) => `${['/trpc/', '/notes/', '/'][index % 3]}${parts.join('')}`);
    const { statuses } = await ordinaryCalls(strict.port, all, 10);
    expect(Object.keys(statuses).filter((status) => !/^[234]\d\d$/.test(status))).toEqual([]);
    expect(Object.values(statuses).reduce((sum, count) => sum + count)).toBe(all.length);
  });
});
