import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConnectionBounds, defaultConnectionBounds } from '../../src/settings/bounds/connections.ts';
import { type BootedApp, bootApp } from '../harness/boot.ts';

let server: BootedApp;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

async function boot(
  connections: Partial<ConnectionBounds>,
  trustProxy: readonly string[] = [],
  isReady: () => Promise<boolean> = async () => true,
): Promise<number> {
  server = await bootApp({
    log: true,
    app: { connections: { ...defaultConnectionBounds, ...connections }, trustProxy, isReady },
  });
  return Number(new URL(await server.url()).port);
}

/** Sends the beginning of a request on a connection of its own. */
function begin(port: number, sent: string) {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes.toString('latin1');
  });
  socket.write(sent);
  return { socket, answer: () => answer, ended: once(socket, 'close').then(() => answer) };
}

/** All that is answered to a request whose connection ends with it. */
const ask = (port: number, path: string, headers = ''): Promise<string> =>
  begin(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`).ended;

/** Opens a connection, and waits until its first request is answered or the server has closed it. */
async function open(port: number): Promise<'answered' | 'closed'> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
  const answered = once(socket, 'data').then(() => 'answered' as const);
  return await Promise.race([answered, once(socket, 'close').then(() => 'closed' as const)]);
}

const metric = async (line: string): Promise<boolean> => (await server.call({ url: '/metrics' })).body.includes(line);

describe('connections', () => {
  it('are as many from one address as may be, and further ones are closed', async () => {
    const port = await boot({ connectionsPerAddress: 3 });
    const all = [await open(port), await open(port), await open(port), await open(port), await open(port)];
    expect(all).toEqual(['answered', 'answered', 'answered', 'closed', 'closed']);
    expect(await metric('promptory_connections 3')).toBe(true);
    expect(await metric('promptory_connections_cut_total{reason="refused"} 2')).toBe(true);
    expect(server.logged.filter((line) => line.includes('connections are refused'))).toHaveLength(1);
    sockets[0]?.destroy();
    await expect.poll(() => metric('promptory_connections 2')).toBe(true);
    expect(await open(port)).toBe('answered');
  });

  it('of a proxy are not counted as those of one caller', async () => {
    const port = await boot({ connectionsPerAddress: 1 }, ['127.0.0.0/8']);
    expect([await open(port), await open(port), await open(port)]).toEqual(['answered', 'answered', 'answered']);
  });

  it('are as many in all as may be: who has been idle longest makes way', async () => {
    const port = await boot({ connections: 2 });
    expect([await open(port), await open(port), await open(port)]).toEqual(['answered', 'answered', 'answered']);
    await expect
      .poll(() => [sockets[0]?.destroyed, sockets[1]?.destroyed, sockets[2]?.destroyed])
      .toEqual([true, false, false]);
  });

  it('that are at work make way for nobody: health checks are answered beyond them, all else is told to come again', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const port = await boot({ connections: 2 }, [], () => promise);
    let atWork = 0;
    server.app.server.on('request', () => {
      atWork += 1;
    });
    const busy = [ask(port, '/health/ready'), ask(port, '/health/ready')];
    await expect.poll(() => atWork).toBe(2);
    expect(await ask(port, '/health/live')).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\nconnection: close\r/i);
    expect(await ask(port, '/metrics')).toMatch(/^HTTP\/1.1 200 /);
    const refused = await ask(port, '/prompts');
    expect(refused).toMatch(/^HTTP\/1.1 503 [\s\S]*\r\nretry-after: [2-4]\r/i);
    expect(refused).toContain('server.busy');
    const ofWire = await ask(port, '/trpc/prompts.list');
    expect(ofWire).toMatch(/^HTTP\/1.1 503 [\s\S]*\r\nretry-after: [2-4]\r/i);
    expect(ofWire).toMatch(/\{"error":\{.*"code":"server.busy"/);
    resolve(true);
    for (const answer of await Promise.all(busy)) expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it('of one caller behind a proxy are as many as of one without, and further requests are refused', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const port = await boot({ connectionsPerAddress: 2 }, ['127.0.0.0/8'], () => promise);
    let atWork = 0;
    server.app.server.on('request', () => {
      atWork += 1;
    });
    const from = (address: string) => `X-Forwarded-For: ${address}\r\n`;
    const busy = [ask(port, '/health/ready', from('203.0.113.7')), ask(port, '/health/ready', from('203.0.113.7'))];
    await expect.poll(() => atWork).toBe(2);
    const refused = await ask(port, '/health/none', from('203.0.113.7'));
    expect(refused).toMatch(/^HTTP\/1.1 429 [\s\S]*\r\nconnection: close\r/i);
    expect(refused).toContain('"limit":"connections"');
    expect(await ask(port, '/health/none', from('203.0.113.8'))).toMatch(/^HTTP\/1.1 404 /);
    resolve(true);
    await Promise.all(busy);
  });

  it('are used again for the next request', async () => {
    const port = await boot({});
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let index = 0; index < 5; index += 1) {
      const [answer] = (await once(get({ port, agent, path: '/health/live' }), 'response')) as [IncomingMessage];
      expect(await text(answer)).toContain('live');
    }
    expect(await metric('promptory_connections 1')).toBe(true);
    agent.destroy();
  });

  it('that have asked for nothing end as the server closes, which does not wait for what they say', async () => {
    const port = await boot({});
    const silent = begin(port, '');
    await once(silent.socket, 'connect');
    // By then the server knows of the one before.
    expect(await open(port)).toBe('answered');
    await server.app.close();
    // Node would tell it that its request came too late, after a minute.
    expect(await silent.ended).toBe('');
  });

  it('on which a request has come as the server closes are answered, and end with that', async () => {
    const port = await boot({});
    // Neither accepted yet nor read: the system holds both.
    const asking = Array.from({ length: 20 }, () => begin(port, 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n'));
    await server.app.close();
    for (const { ended } of asking) expect(await ended).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\nconnection: close\r/i);
  });

  it('end with their answers from when the server is about to close', async () => {
    const stopping = new AbortController();
    server = await bootApp({ app: { stopping: stopping.signal } });
    const port = Number(new URL(await server.url()).port);
    expect(await open(port)).toBe('answered');
    stopping.abort();
    const asked = begin(port, 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await asked.ended).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\nconnection: close\r/i);
  });

  it('have ten seconds for the head of a request, and ten minutes for a body that goes on arriving', async () => {
    await boot({});
    expect(server.app.server).toMatchObject({ requestTimeout: 600_000, headersTimeout: 10_000 });
  });

  it('that send too little of a body within the time are answered 408, a byte now and then or not', async () => {
    const port = await boot({ slowestSender: { bytes: 1_000, seconds: 2 } });
    const head =
      'POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n';
    const [silent, dripping] = [begin(port, head), begin(port, head)];
    const timer = setInterval(() => dripping.socket.write(' '), 300);
    const answers = await Promise.all([silent.ended, dripping.ended]);
    clearInterval(timer);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 408 /);
  });

  it('that said what is no HTTP do not stay open when nobody closes them', async () => {
    const port = await boot({});
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write('This is not HTTP.\r\n\r\n');
    await once(socket, 'data');
    await expect.poll(() => metric('promptory_connections 0')).toBe(true);
  });
});
