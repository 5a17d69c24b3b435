import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { requirePort } from './free-port.ts';

it('refuses a port that is in use and a host of another machine, and leaves a free one free', async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  await once(server.listen({ host: '127.0.0.1', port: 0 }), 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(requirePort({ host: '127.0.0.1', port })).rejects.toThrow(
    `Port ${port} is in use: stop what listens there, or set another one, such as PORT=${port + 1}.`,
  );
  await expect(requirePort({ host: '192.0.2.1', port: 0 })).rejects.toThrow('HOST=192.0.2.1 is no address');
  await new Promise((closed) => server.close(closed));
  await requirePort({ host: '127.0.0.1', port });
  await once(server.listen({ host: '127.0.0.1', port, exclusive: true }), 'listening');
});
