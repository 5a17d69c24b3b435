import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:https';
import type { Clock, Log } from '@promptory/api/server';
import type { Env } from '../settings/env.ts';
import { readTls } from './read-tls.ts';

type Paths = NonNullable<Env['tls']>;
type Texts = Readonly<Awaited<ReturnType<typeof readTls>>>;

// They are read again and compared: what puts links in place of files, as Kubernetes and certbot do, is not seen by watching them.
const LOOK_MS = 10_000;

export interface TlsFilesOptions {
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Between two looks, in milliseconds; ten seconds unless given. */
  readonly lookMs?: number;
}

/**
 * The certificate that a server shows and its key, read again where their files are others: connections that begin then have the new
 * one, and those that are open go on. Files that are of no use change nothing, and are a line in the log and a metric.
 */
export class TlsFiles {
  readonly #paths: Paths;
  readonly #options: TlsFilesOptions;
  #texts: Texts;
  #server: Pick<Server, 'setSecureContext'> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #isUsable = true;
  /** What was found last time and is not used. */
  #refused: string | null = null;

  /** @throws StartError where they cannot be read, or are no pair */
  static async open(paths: Paths, options: TlsFilesOptions): Promise<TlsFiles> {
    return new TlsFiles(paths, options, await readTls(paths));
  }

  private constructor(paths: Paths, options: TlsFilesOptions, texts: Texts) {
    this.#paths = paths;
    this.#options = options;
    this.#texts = texts;
  }

  get texts(): Texts {
    return this.#texts;
  }

  /** When the certificate ends that is shown, in milliseconds since 1970. */
  get endsAt(): number {
    return endOf(this.#texts.cert);
  }

  /** Whether the files are those that are used. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** From now on the server shows what the files hold. */
  serve(server: Pick<Server, 'setSecureContext'>): void {
    this.#server = server;
    this.#timer = setInterval(() => void this.look(), this.#options.lookMs ?? LOOK_MS).unref();
  }

  /** Looks at the files now. Does not throw. */
  async look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      this.#take(await readTls(this.#paths));
    } catch (error) {
      this.#refuse(error instanceof Error ? error.message : String(error));
    } finally {
      this.#isLooking = false;
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#server = null;
  }

  #take(texts: Texts): void {
    if (texts.cert !== this.#texts.cert || texts.key !== this.#texts.key) {
      const until = new Date(endOf(texts.cert));
      if (until <= this.#options.clock.now()) {
        this.#refuse(`The certificate in TLS_CERT has ended at ${until.toISOString()}.`);
        return;
      }
      this.#server?.setSecureContext(texts);
      this.#texts = texts;
      this.#options.log.info({ until: until.toISOString() }, 'the certificate was read again');
    }
    this.#refused = null;
    this.#isUsable = true;
  }

  /** Of the two files one may be written yet: said is what is still so at the next look, and once. */
  #refuse(reason: string): void {
    const isFirst = this.#refused === null;
    const isNews = this.#isUsable || this.#refused !== reason;
    this.#refused = reason;
    if (isFirst || !isNews) return;
    this.#isUsable = false;
    this.#options.log.warn({ reason }, 'the new certificate is of no use, and the one before is still shown');
  }
}

const endOf = (cert: string): number => new X509Certificate(cert).validToDate.getTime();
