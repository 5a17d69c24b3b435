import { password, text } from '@clack/prompts';
import type { Command } from '@commander-js/extra-typings';
import { isPromptoryError, type Promptory } from '@promptory/client';
import { configFolder } from '../account/config-folder.ts';
import { serverAddress } from '../account/connection.ts';
import { readLogins, writeLogins } from '../account/kept-logins.ts';
import type { Cli } from '../cli.ts';
import { ExitCode, Failure } from '../failure.ts';
import { ask } from '../terminal/ask.ts';
import { readStdin } from '../terminal/read-stdin.ts';
import { visible } from '../terminal/visible.ts';

const DEVELOPMENT = 'http://localhost:3000';

/** Whom a key acts for; null where it may not read that, which many keys of programs may not. */
async function ownerOf(promptory: Promptory): Promise<{ handle: string; name: string } | null> {
  try {
    const { handle, name } = await promptory.me.get.query();
    return { handle, name };
  } catch (error) {
    if (isPromptoryError(error, 'auth.scope_missing')) return null;
    throw error;
  }
}

const actsFor = (owner: { handle: string; name: string } | null): string =>
  owner === null ? 'a key that may not read its account' : `${visible(owner.name)} (${owner.handle})`;

/** Asked for at a terminal; elsewhere it has to be given. */
async function addressOf({ surroundings, url }: Cli): Promise<string> {
  const { env, stdin, stderr: output } = surroundings;
  const given = url ?? (env.PROMPTORY_URL || undefined);
  if (given !== undefined) return serverAddress(given);
  if (!stdin.isTTY) throw new Failure(ExitCode.usage, 'Which server? Give its address with --url.');
  return serverAddress(
    await ask(
      text({
        message: 'Address of the server',
        placeholder: DEVELOPMENT,
        defaultValue: DEVELOPMENT,
        input: stdin,
        output,
      }),
    ),
  );
}

async function keyOf({ surroundings }: Cli, fromStdin: boolean): Promise<string> {
  const { env, stdin, stderr: output } = surroundings;
  if (fromStdin) return String(await readStdin(surroundings)).trim();
  if (env.PROMPTORY_API_KEY) return env.PROMPTORY_API_KEY;
  if (!stdin.isTTY) {
    throw new Failure(
      ExitCode.usage,
      'There is no terminal to ask on: give the key with --key-stdin or PROMPTORY_API_KEY.',
    );
  }
  return (await ask(password({ message: 'API key', input: stdin, output }))).trim();
}

const isLoopback = (url: string): boolean => /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname);

async function signIn(cli: Cli, { keyStdin }: { keyStdin?: true | undefined }): Promise<void> {
  const url = await addressOf(cli);
  if (url.startsWith('http:') && !isLoopback(url)) {
    cli.out.note('This address is not encrypted: whoever is on the way can read the key. Use https.');
  }
  const apiKey = await keyOf(cli, keyStdin === true);
  const owner = await ownerOf(cli.connect({ url, apiKey }));
  const folder = configFolder(cli.surroundings);
  const { keys } = await readLogins(folder);
  await writeLogins(folder, { current: url, keys: { ...keys, [url]: apiKey } });
  cli.out.answer({ url, owner }, () => `Signed in to ${url} as ${actsFor(owner)}.`);
}

async function signOut(cli: Cli): Promise<void> {
  const folder = configFolder(cli.surroundings);
  const { current, keys } = await readLogins(folder);
  const url = cli.url === undefined ? current : serverAddress(cli.url);
  const isKept = url !== null && Object.hasOwn(keys, url);
  if (isKept) {
    const { [url]: _, ...others } = keys;
    await writeLogins(folder, { current: current === url ? (Object.keys(others)[0] ?? null) : current, keys: others });
  }
  cli.out.answer({ url, signedOut: isKept }, () =>
    isKept
      ? `Signed out of ${url}. The key is still valid: revoke it on the server if nothing else uses it.`
      : 'You were not signed in.',
  );
}

async function whoAmI(cli: Cli): Promise<void> {
  const account = await cli.account();
  const owner = await ownerOf(cli.connect(account));
  const { url, keyFrom } = account;
  const from = keyFrom === 'environment' ? 'PROMPTORY_API_KEY' : '`promptory login`';
  cli.out.answer({ url, keyFrom, owner }, () => `${actsFor(owner)} on ${url}, by the key of ${from}.`);
}

export function addAccountCommands(program: Command, cli: Cli): void {
  program
    .command('login')
    .description('keep an API key of a server for the next commands')
    .option('--key-stdin', 'read the key from standard input instead of asking for it')
    .action((options) => signIn(cli, options));
  program
    .command('logout')
    .description('forget the key of a server')
    .action(() => signOut(cli));
  program
    .command('whoami')
    .description('say for whom commands act, and where')
    .action(() => whoAmI(cli));
}
