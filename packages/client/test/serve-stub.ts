import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { stubPromptory } from './stub-promptory.ts';

/** The stub on a port of loopback, for clients in processes of their own. */
export async function serveStub() {
  const stub = stubPromptory();
  const server = createServer(async (req, res) => {
    const body = await text(req);
    const headers = new Headers(req.headers as Record<string, string>);
    const method = req.method ?? 'GET';
    const answer = await stub.fetch(`${stub.url}${req.url}`, { method, headers, ...(body === '' ? {} : { body }) });
    res.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body === null) res.end();
    else Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]).pipe(res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    stub,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
