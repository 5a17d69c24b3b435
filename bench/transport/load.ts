import { connect, type Socket } from 'node:net';

export interface Request {
  method: 'GET' | 'POST';
  url: string;
  /** Beside those that every client sends. */
  headers?: Readonly<Record<string, string>>;
  body?: object;
}

export interface Load {
  requests: number;
  seconds: number;
  /** The time within which 99 of 100 requests were answered, in milliseconds. */
  p99: number;
}

/** A request as Node's fetch, and so tRPC's own client, writes it. */
export function bytesOf({ method, url, headers = {}, body }: Request, port: number): Buffer {
  const json = body === undefined ? '' : JSON.stringify(body);
  const head = [
    `${method} ${url} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    'connection: keep-alive',
    'content-type: application/json',
    'accept: */*',
    'accept-language: *',
    'sec-fetch-mode: cors',
    'user-agent: node',
    'accept-encoding: gzip, deflate',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  if (method === 'GET') head.splice(3, 1);
  else head.push(`content-length: ${Buffer.byteLength(json)}`);
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${json}`);
}

const OK = Buffer.from('HTTP/1.1 200 ');
const END_OF_HEAD = Buffer.from('\r\n\r\n');

const headLength = (bytes: Buffer): number => bytes.indexOf(END_OF_HEAD) + END_OF_HEAD.length;

/**
 * Sends a request over and over on some connections, each as soon as its last one is answered. Node's HTTP clients, and
 * autocannon, cost as much for each request as the fastest servers measured here, which would flatter the slower ones;
 * so answers are not parsed: each must start with 200, and behind its head be exactly as long as `answer`, one that was read
 * whole. A head may differ by what it counts. Of several requests each connection sends the next one, whosever turn it was before.
 */
export function load(
  port: number,
  request: Buffer | readonly Buffer[],
  answer: Buffer,
  { connections, milliseconds }: { connections: number; milliseconds: number },
): Promise<Load> {
  const { promise, resolve, reject } = Promise.withResolvers<Load>();
  const times: number[] = [];
  const bodyLength = answer.length - headLength(answer);
  const started = performance.now();
  const until = started + milliseconds;
  let open = connections;
  const requests = [request].flat();
  let turn = 0;

  function fail(socket: Socket, why: string): void {
    socket.destroy();
    reject(new Error(`The request that is measured failed: ${why}`));
  }

  function start(): void {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sent = 0;
    let received = 0;
    let expected = 0;
    function send(): void {
      received = 0;
      sent = performance.now();
      socket.write(requests[turn % requests.length] ?? '');
      turn += 1;
    }
    socket.once('connect', send);
    socket.on('error', (error) => fail(socket, error.message));
    socket.on('data', (bytes) => {
      if (received === 0) {
        if (bytes.indexOf(OK) !== 0) fail(socket, bytes.toString('latin1', 0, 100));
        expected = headLength(bytes) + bodyLength;
      }
      received += bytes.length;
      if (received < expected) return;
      if (received > expected) fail(socket, 'an answer of another length');
      const now = performance.now();
      times.push(now - sent);
      if (now < until) return send();
      socket.destroy();
      if (--open === 0) resolve({ requests: times.length, seconds: (now - started) / 1000, p99: percentile(times) });
    });
  }
  for (let index = 0; index < connections; index++) start();
  return promise;
}

function percentile(times: number[]): number {
  const sorted = Float64Array.from(times).sort();
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
}

/** One answer, read whole: its status, its body, and its bytes as they came. */
export interface Answer {
  status: number;
  body: string;
  bytes: Buffer;
}

/** Sends a request once and reads until the server has been silent for 50 ms. */
export async function requestOnce(port: number, request: Buffer): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(request));
  socket.on('error', reject);
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    socket.setTimeout(50, () => {
      socket.destroy();
      resolve(Buffer.concat(chunks));
    });
  });
  const bytes = await promise;
  const [head = '', ...parts] = bytes.toString().split('\r\n\r\n');
  const body = parts.join('\r\n\r\n');
  const chunked = /^transfer-encoding: chunked$/im.test(head);
  return { status: Number(head.slice(9, 12)), body: chunked ? joined(body) : body, bytes };
}

/** The text of a chunked body (RFC 9112, 7.1), of characters that are one byte each. */
function joined(body: string): string {
  let text = '';
  for (let rest = body; ; ) {
    const [size = '0'] = rest.split('\r\n', 1);
    const length = Number.parseInt(size, 16);
    if (!(length > 0)) return text;
    text += rest.slice(size.length + 2, size.length + 2 + length);
    rest = rest.slice(size.length + 2 + length + 2);
  }
}
