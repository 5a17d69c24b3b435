import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { createAdmin } from '@promptory/api/server';
import { runOnDatabase } from './command.ts';

const USAGE = `usage: pnpm admin:create --email <address> --name <name> [--password-stdin | --generate-password]

Makes an administrator: a new account, or the one that the address has already, which is signed out everywhere.
The password is asked for, or read from standard input, or made and shown once.`;

/** Asks without showing what is typed. */
async function askForPassword(): Promise<string> {
  process.stdout.write('Password (10 to 128 characters, not shown): ');
  const input = createInterface({ input: process.stdin, terminal: true, output: undefined });
  try {
    return await new Promise<string>((resolve, reject) => {
      input.once('line', resolve);
      input.once('close', () => reject(new Error('No password was given.')));
    });
  } finally {
    input.close();
    process.stdout.write('\n');
  }
}

async function passwordOf(values: { 'password-stdin'?: boolean; 'generate-password'?: boolean }): Promise<string> {
  if (values['generate-password'] === true) return randomBytes(18).toString('base64url');
  if (values['password-stdin'] === true) return (await text(process.stdin)).replace(/\r?\n$/, '');
  if (process.stdin.isTTY) return askForPassword();
  throw new Error('There is no terminal to ask on: give --password-stdin or --generate-password.');
}

await runOnDatabase(async ({ connection, passwords, clock }) => {
  const { values } = parseArgs({
    // A runner may pass on the `--` that stood before our own options.
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    options: {
      email: { type: 'string' },
      name: { type: 'string' },
      'password-stdin': { type: 'boolean' },
      'generate-password': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const { email, name } = values;
  if (values.help === true) return USAGE;
  if (email === undefined || name === undefined) throw new Error(USAGE);
  const password = await passwordOf(values);
  const { userId, outcome } = await createAdmin({ db: connection.db, passwords, clock }, { email, name, password });
  const shown = values['generate-password'] === true ? `\nPassword (shown once): ${password}` : '';
  return `${outcome === 'created' ? 'Made the administrator' : 'Made an administrator of'} ${email} (${userId}).${shown}`;
});
