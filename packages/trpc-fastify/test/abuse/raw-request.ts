import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RawAnswer {
  /** Undefined when the server closed the connection without an answer, or sent nothing for `withinMs`. */
  status: number | undefined;
  text: string;
  closed: boolean;
}

/** Sends bytes as they are (a string is latin1) and reads until the server closes, for at most `withinMs`. */
export async function sendRaw(port: number, bytes: string | Buffer, withinMs = 30_000): Promise<RawAnswer> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (data: string) => {
    text += data;
  });
  socket.on('error', () => undefined);
  const closed = new Promise<true>((resolve) => {
    for (const event of ['end', 'close']) socket.once(event, () => resolve(true));
  });
  socket.write(bytes, 'latin1');
  const isClosed = await Promise.race([closed, sleep(withinMs, false as const, { ref: false })]);
  socket.destroy();
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
  return { status: status === undefined ? undefined : Number(status), text, closed: isClosed };
}

/** A request without a body that asks for the connection to be closed after the answer. */
export function request(line: string, headers: readonly string[] = ['host: localhost']): string {
  return [`${line} HTTP/1.1`, ...headers, 'connection: close', '', ''].join('\r\n');
}

/** Makes `count` ordinary GETs, `atOnce` at a time on kept-alive connections: their statuses, and sorted times in ms. */
export async function ordinaryCalls(port: number, paths: readonly string[], atOnce: number) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
  const waiting = paths.values();
  const times: number[] = [];
  const statuses: Record<string, number> = {};
  const one = (path: string) =>
    new Promise<string>((resolve) => {
      const sent = http.get({ port, host: '127.0.0.1', path, agent }, (response) => {
        response.resume();
        response.once('close', () => resolve(String(response.statusCode)));
      });
      sent.on('error', (error) => resolve(error.message));
    });
  async function worker(): Promise<void> {
    for (const path of waiting) {
      const start = performance.now();
      const status = await one(path);
      times.push(performance.now() - start);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker));
  agent.destroy();
  times.sort((a, b) => a - b);
  return { statuses, p50: times[Math.floor(times.length / 2)] ?? 0, p99: times[Math.floor(times.length * 0.99)] ?? 0 };
}
