import { request } from 'node:http';
import { text } from 'node:stream/consumers';

const CHUNK = Buffer.from('x'.repeat(65_535).concat('\n'));

/** How a request ended whose body has no end of its own. */
export interface Pushed {
  readonly status: number;
  /** The last of the answer, or `cut off`. */
  readonly end: string;
  /** Bytes that were taken. */
  readonly sent: number;
}

/** Posts `start` and then chunks, 200 MB at the most, for as long as they are taken. */
export function sendChunks(url: string, headers: Readonly<Record<string, string>>, start = ''): Promise<Pushed> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let done = false;
    let isAnswered = false;
    const req = request(url, { method: 'POST', headers: { ...headers } }, (response) => {
      isAnswered = true;
      const finish = (end: string): void => {
        done = true;
        resolve({ status: response.statusCode ?? 0, end, sent });
      };
      text(response).then(
        (all) => finish(all.slice(-600)),
        () => finish('cut off'),
      );
    });
    req.on('error', (error) => (isAnswered ? undefined : reject(error)));
    req.write(start);
    const push = (): void => {
      while (!done && sent < 200 * 1_048_576) {
        sent += CHUNK.length;
        if (!req.write(CHUNK)) {
          req.once('drain', push);
          return;
        }
      }
      if (!done) req.end();
    };
    push();
  });
}
