import type { Variant } from './wire-pair.ts';
import type { WireRequest } from './wire-request.ts';

const get = (path: string, query = '', headers: Record<string, string> = {}): WireRequest => ({
  method: 'GET',
  path,
  query,
  headers: { 'x-user': 'ada', ...headers },
});
const post = (path: string, body: string | Buffer, type = 'application/json', query = ''): WireRequest => ({
  method: 'POST',
  path,
  query,
  headers: { 'x-user': 'ada', 'content-type': type },
  body,
});

const NAME = '{"name":"tea"}';

/** Requests that need each row of the deliberate differences, whatever the seed. */
export function requestsOfRows({ maxBatchSize }: Variant): WireRequest[] {
  return [
    get('%252E'),
    get('half/way'),
    post('items.create', '{"name":"tea","__proto__":{"a":1}}'),
    { ...get('ping'), method: 'OPTIONS' },
    { ...get('ping'), method: 'DELETE' },
    get('ping', '', { host: 'a b' }),
    post('items.create', NAME, 'text/plain'),
    post('items.create', 'x', 'multipart/form-data; boundary=x'),
    get(
      Array(maxBatchSize + 1)
        .fill('ping')
        .join(','),
      'batch=1',
    ),
    post('items.login,items.touch', '{}', 'application/json', 'batch=1'),
    post('items.keep', `"${'x'.repeat(5_000)}"`),
    post('items.keep', Buffer.from('"\xff"', 'latin1')),
    post('items.create', '{'),
    post('items.create', '['.repeat(70)),
    post('items.keep', `${'['.repeat(65)}1${']'.repeat(65)}`),
    get('fail.plain'),
    get('output.wrong'),
    get('ping', 'connectionParams=%7B'),
    get('output.big'),
    get('output.big,fail.unformattable', 'batch=1'),
    get('output.throws,output.loop', 'batch=1'),
    get('output~throws,output~loop', 'batch=1'),
    post('upload.bytes', 'x'.repeat(5_000), 'application/octet-stream'),
  ];
}
