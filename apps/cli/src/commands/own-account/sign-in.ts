import { password as askPassword, text } from '@clack/prompts';
import { createPromptory, isPromptoryError, type Promptory } from '@promptory/client';
import { serverOf } from '../../account/connection.ts';
import type { Cli } from '../../cli.ts';
import { ExitCode, Failure } from '../../failure.ts';
import { ask } from '../../terminal/ask.ts';
import { readStdin } from '../../terminal/read-stdin.ts';

/** Whose session it is. */
export interface SignInOptions {
  readonly email?: string | undefined;
  readonly passwordStdin?: true | undefined;
}

/** What a person signs in by, until a code is asked for. */
interface Given {
  readonly email: string;
  readonly password: string;
  readonly code: string | undefined;
}

/** What a session does. The password is that by which it began. */
export interface OwnSession {
  readonly promptory: Promptory;
  readonly url: string;
  readonly email: string;
  readonly password: string;
}

/**
 * Does something as a person who signs in by a password, which no key may do for them; the session ends with it, and nothing of
 * it is kept.
 */
export async function asPerson<T>(
  cli: Cli,
  options: SignInOptions,
  work: (session: OwnSession) => Promise<T>,
): Promise<T> {
  const url = await serverOf(cli.surroundings, cli.url);
  const given = await givenIn(cli, options);
  const promptory = createPromptory({ url, session: 'token', retry: { attempts: 3 } });
  cli.surroundings.signal.addEventListener('abort', () => promptory.$close(), { once: true });
  await signIn(cli, promptory, given);
  try {
    return await work({ promptory, url, email: given.email, password: given.password });
  } finally {
    await promptory.$signOut();
  }
}

async function signIn(cli: Cli, promptory: Promptory, { email, password, code }: Given): Promise<void> {
  try {
    await promptory.$signIn({ email, password, ...(code === undefined ? {} : { code }) });
  } catch (error) {
    const isAskedFor = isPromptoryError(error, 'auth.second_factor_required');
    if (!isAskedFor || code !== undefined || !cli.surroundings.stdin.isTTY) throw error;
    await promptory.$signIn({ email, password, code: await askFor(cli, 'Code of your authenticator') });
  }
}

/** From standard input: the password in the first line, and the code of a second factor in the next. */
async function givenIn(cli: Cli, { email, passwordStdin }: SignInOptions): Promise<Given> {
  const { stdin, stderr: output } = cli.surroundings;
  if (passwordStdin === true) {
    if (email === undefined) throw new Failure(ExitCode.usage, 'Whose password is it? Give the address with --email.');
    const [password = '', code = ''] = String(await readStdin(cli.surroundings)).split(/\r?\n/);
    return { email, password, code: code === '' ? undefined : code };
  }
  if (!stdin.isTTY) {
    throw new Failure(
      ExitCode.usage,
      'There is no terminal to ask on: give --email, and the password with --password-stdin.',
    );
  }
  const address = email ?? (await askFor(cli, 'E-mail address'));
  const password = await ask(askPassword({ message: 'Password', input: stdin, output }));
  return { email: address, password, code: undefined };
}

/** @throws Failure where the person cancels */
export async function askFor(cli: Cli, message: string): Promise<string> {
  const { stdin: input, stderr: output } = cli.surroundings;
  return ((await ask(text({ message, input, output }))) ?? '').trim();
}
