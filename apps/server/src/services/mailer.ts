import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log, Mail, Mailer } from '@promptory/api/server';

const CONNECT_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 30_000;
/** No absence is answered to us (RFC 3834), and a mail program can end mails of a kind by one button (RFC 2369, RFC 8058). */
const headersOf = ({ unsubscribe }: Mail): Record<string, string> => ({
  'Auto-Submitted': 'auto-generated',
  ...(unsubscribe === undefined
    ? {}
    : { 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
});

/** A mailer that owns connections. */
export interface ClosableMailer extends Mailer {
  close(): void;
}

/** By SMTP. A mail can name no file and no address for the server to read. */
async function openTransport(url: string) {
  // Development sends no mail and need not load it.
  const { createTransport } = await import('nodemailer');
  return createTransport({
    url,
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
  });
}

/**
 * Tries once whether a mail server answers and takes the log-in, and sends nothing.
 * @throws Error that says why not
 */
export async function tryMailServer(url: string): Promise<void> {
  const transport = await openTransport(url);
  try {
    await transport.verify();
  } finally {
    transport.close();
  }
}

/** Sends by SMTP. */
export async function smtpMailer(options: { url: string; from: string }): Promise<ClosableMailer> {
  const transport = await openTransport(options.url);
  return {
    async send(mail: Mail) {
      const { to, subject, text } = mail;
      // As an object: an address that is a text would be read as a list.
      await transport.sendMail({
        from: options.from,
        to: { name: '', address: to },
        subject,
        text,
        headers: headersOf(mail),
      });
    },
    close: () => transport.close(),
  };
}

/** For development: each mail becomes a text file, and the log says which. */
export function fileMailer(options: { folder: string; from: string; log: Log }): ClosableMailer {
  const { folder, from, log } = options;
  return {
    async send({ to, subject, text }) {
      const at = new Date().toISOString();
      const name = `${at.replaceAll(':', '-')}-${to.replaceAll(/[^\w.@+-]/g, '_').slice(0, 100)}.txt`;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(join(folder, name), `From: ${from}\nTo: ${to}\nDate: ${at}\nSubject: ${subject}\n\n${text}\n`, {
        mode: 0o600,
        flag: 'wx',
      });
      log.info({ file: join(folder, name) }, 'mail written');
    },
    close: () => undefined,
  };
}
