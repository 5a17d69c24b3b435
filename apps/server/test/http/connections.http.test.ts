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

async function boot(connections: Partial<ConnectionBounds>, trustProxy: readonly string[] = []): Promise<number> {
  server = await bootApp({
    log: true,
    app: { connections: { ...defaultConnectionBounds, ...connections }, trustProxy },
  });
  return Number(new URL(await server.url()).port);
}

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

  it('that are at work make way for nobody', async () => {
    const port = await boot({ connections: 2 });
    let atWork = 0;
    server.app.server.on('request', () => {
      atWork += 1;
    });
    for (let index = 0; index < 2; index += 1) {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      socket.write(
        'POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n',
      );
    }
    await expect.poll(() => atWork).toBe(2);
    expect(await open(port)).toBe('closed');
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

  it('have half a minute for each request and its body, and ten seconds for its head', async () => {
    await boot({});
    expect(server.app.server).toMatchObject({ requestTimeout: 30_000, headersTimeout: 10_000 });
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
