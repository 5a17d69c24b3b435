import { createPromptory, type Promptory, type Wait } from '@promptory/client';
import { ExitCode, Failure } from '../failure.ts';
import type { Surroundings } from '../surroundings.ts';
import { configFolder } from './config-folder.ts';
import { readLogins } from './kept-logins.ts';

/** Whose key is used, and where. */
export interface Account {
  readonly url: string;
  readonly apiKey: string;
  readonly keyFrom: 'environment' | 'login';
}

/** One writing for each server. @throws Failure for what is no address */
export function serverAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Failure(
      ExitCode.usage,
      `"${text}" is no address of a server: give one such as https://prompts.example.org.`,
    );
  }
  return url.href.replace(/\/$/, '');
}

/** The server that is meant: of `--url`, else PROMPTORY_URL, else the one signed in to last. @throws Failure where none is known */
export async function serverOf(surroundings: Surroundings, urlOption: string | undefined): Promise<string> {
  const named = urlOption ?? (surroundings.env.PROMPTORY_URL || undefined);
  if (named !== undefined) return serverAddress(named);
  const { current } = await readLogins(configFolder(surroundings));
  if (current === null) throw new Failure(ExitCode.usage, 'Which server? Give its address with --url.');
  return serverAddress(current);
}

/**
 * The account that a command acts for: of `--url` and `PROMPTORY_API_KEY` before what `promptory login` has kept. A kept key goes
 * to no other server than it was given for.
 *
 * @throws Failure where none is known
 */
export async function currentAccount(surroundings: Surroundings, urlOption: string | undefined): Promise<Account> {
  const { env } = surroundings;
  const logins = await readLogins(configFolder(surroundings));
  const named = urlOption ?? (env.PROMPTORY_URL || undefined) ?? logins.current;
  if (named === null) {
    throw new Failure(
      ExitCode.notSignedIn,
      'You are not signed in: run `promptory login`, or set PROMPTORY_URL and PROMPTORY_API_KEY.',
    );
  }
  const url = serverAddress(named);
  if (env.PROMPTORY_API_KEY) return { url, apiKey: env.PROMPTORY_API_KEY, keyFrom: 'environment' };
  const apiKey = logins.keys[url];
  if (apiKey === undefined) {
    throw new Failure(ExitCode.notSignedIn, `You are not signed in to ${url}: run \`promptory login --url ${url}\`.`);
  }
  return { url, apiKey, keyFrom: 'login' };
}

/** A client for an account. People wait at a terminal, so a server that does not answer is given up sooner than programs do. */
export function connect({ url, apiKey }: Pick<Account, 'url' | 'apiKey'>, onWait: (wait: Wait) => void): Promptory {
  try {
    return createPromptory({ url, apiKey, retry: { attempts: 3 }, onWait });
  } catch (error) {
    if (error instanceof TypeError) throw new Failure(ExitCode.usage, error.message);
    throw error;
  }
}
