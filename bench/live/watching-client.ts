import { request } from 'node:http';

/** A client with one stream of events, as little as one can be: what is measured is the server. */
export interface WatchingClient {
  /** When a version arrives that comes after this call; Infinity where none does in time. */
  next(version: number, timeoutMs: number): Promise<number>;
  close(): void;
}

/** Opens a stream; ends when it has said the first thing. */
export function openStream(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<WatchingClient> {
  return new Promise((resolve, reject) => {
    let waits: { version: number; arrive: (at: number) => void } | null = null;
    const asked = request({ host: '127.0.0.1', port, path, headers: { ...headers }, agent: false }, (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`The stream was refused: ${response.statusCode}`));
        return;
      }
      response.setEncoding('utf8');
      const client: WatchingClient = {
        next: (version, timeoutMs) =>
          new Promise((arrived) => {
            const timer = setTimeout(() => arrive(Number.POSITIVE_INFINITY), timeoutMs);
            const arrive = (at: number): void => {
              clearTimeout(timer);
              waits = null;
              arrived(at);
            };
            waits = { version, arrive };
          }),
        close: () => void asked.destroy(),
      };
      response.on('data', (text: string) => {
        if (!text.includes('data: {')) return;
        resolve(client);
        if (waits !== null && text.includes(`"version":${waits.version}`)) waits.arrive(performance.now());
      });
      response.on('error', () => undefined);
    });
    asked.on('error', reject);
    asked.end();
  });
}
