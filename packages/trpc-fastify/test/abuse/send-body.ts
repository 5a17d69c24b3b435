import net from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

/** What became of a request that was pushed at a server without regard for its answer. */
export interface SentBody {
  /** Of the first answer; undefined when the connection was cut before one was read. */
  status: number | undefined;
  text: string;
  sentBytes: number;
  /** Whether the server closed the connection. */
  closed: boolean;
}

export interface BodyToSend {
  /** Request line and headers, without `Host` and what announces the body. */
  head: string;
  /** Bytes of body to send. */
  total: number;
  /** `chunked` unless a number is announced as Content-Length. */
  announced?: number;
  /** What stands before the filling, such as the beginning of a form. */
  before?: string;
  /** Leaves out the chunk that says that a body is at its end. */
  unfinished?: boolean;
  /** How long to wait for the server once everything is sent, or it no longer reads, in ms. */
  timeoutMs?: number;
}

const FILLING = Buffer.alloc(65_536, 'x');
const CHUNK = Buffer.concat([Buffer.from('10000\r\n'), FILLING, Buffer.from('\r\n')]);

/** Sends a request and keeps sending its body, answer or not, until all is sent or the server closes the connection. */
export async function sendBody(port: number, options: BodyToSend): Promise<SentBody> {
  const { head, total, announced, before = '', unfinished = false, timeoutMs = 30_000 } = options;
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (data: string) => {
    if (text.length < 10_000) text += data;
  });
  socket.on('error', () => undefined);
  const closed = new Promise<true>((resolve) => {
    for (const event of ['end', 'close']) socket.once(event, () => resolve(true));
  });
  const body = announced === undefined ? 'transfer-encoding: chunked' : `content-length: ${announced}`;
  const first = announced === undefined && before !== '' ? `${before.length.toString(16)}\r\n${before}\r\n` : before;
  socket.write(`${head}\r\nhost: localhost\r\n${body}\r\n\r\n${first}`);
  let sentBytes = 0;
  let ended = false;
  void closed.then(() => {
    ended = true;
  });
  while (sentBytes < total && !ended && !socket.destroyed) {
    sentBytes += FILLING.length;
    if (!socket.write(announced === undefined ? CHUNK : FILLING)) {
      const drained = new Promise((resolve) => socket.once('drain', resolve));
      const gaveUp = await Promise.race([drained, closed, sleep(timeoutMs, 'stuck', { ref: false })]);
      if (gaveUp === 'stuck') break;
    }
    // Reads what has come before it writes more: an answer must not be lost to the error of a later write.
    await turn();
  }
  if (!ended && !socket.destroyed && announced === undefined && !unfinished) socket.write('0\r\n\r\n');
  const isClosed = await Promise.race([closed, sleep(timeoutMs, false as const, { ref: false })]);
  socket.destroy();
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text.replace(/^(?:HTTP\/1\.1 100 Continue\r\n\r\n)/, ''))?.[1];
  return { status: status === undefined ? undefined : Number(status), text, sentBytes, closed: isClosed };
}
