import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** A mail as it came over SMTP, whatever is in its head. */
export interface RawMail {
  readonly to: readonly string[];
  /** Names of the headers, in lower case. */
  readonly headers: readonly string[];
  readonly raw: string;
}

/** A mail server on 127.0.0.1 that keeps what it is given as it was written. */
export async function catchRaw(port = 0): Promise<{ port: number; mails: RawMail[]; close(): Promise<void> }> {
  const mails: RawMail[] = [];
  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, { envelope }, done) {
      buffer(stream).then((bytes) => {
        const raw = bytes.toString('latin1');
        const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
        const headers = head.split('\r\n').map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), headers, raw });
        done();
      }, done);
    },
  });
  // A client that went away in the middle of a mail; unheard, it would end the process.
  smtp.on('error', () => undefined);
  smtp.listen(port, '127.0.0.1');
  await once(smtp.server, 'listening');
  const close = (): Promise<void> => new Promise((resolve) => smtp.close(() => resolve()));
  return { port: (smtp.server.address() as AddressInfo).port, mails, close };
}
