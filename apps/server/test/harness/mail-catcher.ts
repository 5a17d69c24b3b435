import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { quietPort } from './quiet-port.ts';

const MAIL_TIMEOUT_MS = 120_000;

/** A mail as it came over SMTP. */
export interface CaughtMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** The body, decoded. */
  readonly text: string;
  /** Names of the headers, in lower case. */
  readonly headers: readonly string[];
  /** All of it as it was written, with a character for each byte. */
  readonly raw: string;
}

/** A mail server on loopback that keeps what it is given. */
export interface MailCatcher {
  /** For SMTP_CONFIG. */
  readonly url: string;
  readonly port: number;
  /** All mails so far, in the order in which they came. */
  readonly mails: readonly CaughtMail[];
  /** The next mail to an address with this subject, each given once. @throws Error when none comes in time */
  next(to: string, subject: string): Promise<CaughtMail>;
  close(): Promise<void>;
}

/**
 * Starts a mail server on 127.0.0.1.
 *
 * @param options.port a free one unless given, which stays free for another one after this is closed
 * @param options.reasonAgainst says why a mail is refused, by what is written in it; all are taken unless given
 */
export async function catchMail({
  port: wanted,
  reasonAgainst = () => null,
}: {
  port?: number;
  reasonAgainst?: (raw: string) => string | null | Promise<string | null>;
} = {}): Promise<MailCatcher> {
  const mails: CaughtMail[] = [];
  const given = new Set<CaughtMail>();
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, { envelope }, done) {
      const receive = async (): Promise<void> => {
        const raw = (await buffer(stream)).toString('latin1');
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), ...readMail(raw), raw });
        const reason = await reasonAgainst(raw);
        if (reason !== null) throw Object.assign(new Error(reason), { responseCode: 554 });
      };
      receive().then(() => done(), done);
    },
  });
  // A client that went away in the middle of a mail; unheard, it would end the process.
  server.on('error', () => undefined);
  const port = wanted ?? (await quietPort());
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    mails,
    async next(to, subject) {
      const deadline = performance.now() + MAIL_TIMEOUT_MS;
      while (performance.now() < deadline) {
        const mail = mails.find((one) => !given.has(one) && one.to.includes(to) && one.subject === subject);
        if (mail !== undefined) {
          given.add(mail);
          return mail;
        }
        await sleep(10);
      }
      throw new Error(`No mail “${subject}” came to ${to}; there are: ${JSON.stringify(mails)}`);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** By which mails of a kind are turned off. */
const PREFERENCES = '/mail-preferences?';

/** The one link in a mail, beside that by which its kind is turned off. @throws Error when there is none, or are several */
export function linkIn(mail: CaughtMail): URL {
  const links = mail.text.match(/https?:\/\/\S+/g) ?? [];
  const [link, ...others] = links.filter((found) => !found.includes(PREFERENCES));
  if (link === undefined || others.length > 0) throw new Error(`The mail has not just one link:\n${mail.text}`);
  return new URL(link);
}

/** A message of one part (RFC 5322); `raw` has a character for each byte. */
function readMail(raw: string): Pick<CaughtMail, 'subject' | 'text' | 'headers'> {
  const end = raw.indexOf('\r\n\r\n');
  const head = raw.slice(0, end).replaceAll(/\r\n[ \t]+/g, ' ');
  const header = (name: string): string => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  const body = decodeBody(raw.slice(end + 4), header('Content-Transfer-Encoding').toLowerCase());
  const text = body.toString('utf8').replaceAll('\r\n', '\n');
  const isFlowed = /format=flowed/i.test(header('Content-Type'));
  return {
    subject: header('Subject'),
    // RFC 3676: a line that ends in a space goes on in the next one.
    text: isFlowed ? text.replaceAll(/(?<!^--) \n/gm, ' ') : text,
    headers: head.split('\r\n').map((line) => line.slice(0, line.indexOf(':')).toLowerCase()),
  };
}

function decodeBody(body: string, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1');
  const joined = body.replaceAll(/=[ \t]*\r\n/g, '');
  const bytes = joined.replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}
