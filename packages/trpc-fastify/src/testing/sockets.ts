import { once } from 'node:events';
import http, { type IncomingHttpHeaders } from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `holds` does, for at most two seconds; says whether it did. */
export async function eventually(holds: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    if (holds()) return true;
    await sleep(10);
  }
  return holds();
}

/** Waits until a number has stood still for 200 ms, for at most five seconds, and hands it over. */
export async function standstill(read: () => number): Promise<number> {
  let last = read();
  let still = 0;
  for (let tries = 0; tries < 100 && still < 4; tries++) {
    await sleep(50);
    still = read() === last && last > 0 ? still + 1 : 0;
    last = read();
  }
  return last;
}

/** Starts a request and hands over its response as soon as the head is there, unread. */
export async function openResponse(url: string, headers: Record<string, string> = {}): Promise<http.IncomingMessage> {
  const [response] = (await once(http.get(url, { headers, agent: false }), 'response')) as [http.IncomingMessage];
  return response;
}

export interface Sent {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** Bytes the client had handed to its socket by the time the answer came. */
  sentBytes: number;
}

/** Sends a chunked body of `total` bytes, as far as the server lets it, and reads the answer. */
export async function sendChunked(
  url: string,
  options: { method?: string; type: string; total: number },
): Promise<Sent> {
  const request = http.request(url, {
    method: options.method ?? 'POST',
    agent: false,
    headers: { 'content-type': options.type, 'transfer-encoding': 'chunked' },
  });
  let sentBytes = 0;
  let answered = false;
  // The server may close while we still write: that is what is being tested.
  request.on('error', () => undefined);
  const answer = new Promise<Sent>((resolve, reject) => {
    request.on('close', () => reject(new Error('closed without an answer')));
    request.on('response', async (response) => {
      answered = true;
      let text = '';
      try {
        for await (const chunk of response.setEncoding('utf8')) text += chunk;
      } catch {
        // Cut off after the head: the head is the answer.
      }
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, sentBytes });
      request.destroy();
    });
  });
  const chunk = Buffer.alloc(65_536, 120);
  while (sentBytes < options.total && !answered && !request.destroyed) {
    const size = Math.min(chunk.length, options.total - sentBytes);
    sentBytes += size;
    if (!request.write(chunk.subarray(0, size))) {
      await Promise.race([once(request, 'drain').catch(() => undefined), answer.catch(() => undefined), sleep(2000)]);
    }
  }
  if (!answered && !request.destroyed) request.end();
  return answer;
}

/** Sends raw bytes and reads the first line of the answer. */
export async function rawStatus(base: string, text: string): Promise<string> {
  const { hostname, port } = new URL(base);
  const socket = net.connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(text);
  const [data] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return data.toString('latin1').split('\r\n', 1)[0] ?? '';
}
