import type { Promptory } from '@promptory/client';
import { type Account, connect, currentAccount } from './account/connection.ts';
import type { Surroundings } from './surroundings.ts';
import { Output } from './terminal/output.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly url?: string | undefined;
  readonly json?: boolean | undefined;
}

/** What a command works with. */
export class Cli {
  readonly surroundings: Surroundings;
  readonly #options: () => GlobalOptions;

  /** @param options those of the command line, once that is read */
  constructor(surroundings: Surroundings, options: () => GlobalOptions) {
    this.surroundings = surroundings;
    this.#options = options;
  }

  get out(): Output {
    return new Output(this.surroundings, this.isJson);
  }

  get isJson(): boolean {
    return this.#options().json === true;
  }

  get url(): string | undefined {
    return this.#options().url;
  }

  /** @throws Failure where nobody is signed in */
  account(): Promise<Account> {
    return currentAccount(this.surroundings, this.url);
  }

  /** The client of that account. */
  async promptory(): Promise<Promptory> {
    return this.connect(await this.account());
  }

  /** A client whose waiting is told to the person, and ended by an interrupt. */
  connect(account: Pick<Account, 'url' | 'apiKey'>): Promptory {
    const client = connect(account, ({ ms, reason }) => {
      const why = reason === 'limit' ? 'the limit of calls' : 'the server';
      if (ms >= 1000) this.out.note(`Waiting ${Math.ceil(ms / 1000)} s for ${why}.`);
    });
    this.surroundings.signal.addEventListener('abort', () => client.$close(), { once: true });
    return client;
  }
}
