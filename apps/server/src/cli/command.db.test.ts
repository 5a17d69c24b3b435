import { givenDatabase } from '@promptory/db/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type CommandContext, runOnDatabase } from './command.ts';

const { connectionString, applicationConnectionString } = await givenDatabase();

let said: [string, string][];
beforeEach(() => {
  said = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => said.push([stream, String(text)]) > 0);
  }
  vi.stubEnv('DATABASE_URL', connectionString);
  vi.stubEnv('NODE_ENV', 'development');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

it.each(['development', 'staging', 'production'])(
  'runs a command on the database of DATABASE_URL, in %s as well, and closes it',
  async (environment) => {
    vi.stubEnv('NODE_ENV', environment);
    let context: CommandContext | undefined;
    await runOnDatabase(async (given) => {
      context = given;
      const { rows } = await given.connection.pool.query<{ name: string }>(
        "SELECT current_setting('application_name') AS name",
      );
      return `Ran as ${rows[0]?.name} in ${given.env.environment}.`;
    });
    expect(said).toEqual([['stdout', `Ran as promptory-command in ${environment}.\n`]]);
    expect(process.exitCode).toBeUndefined();
    await expect(context?.connection.pool.query('SELECT 1')).rejects.toThrow('after calling end');
  },
);

it('says in one line what went wrong, and ends with 1, its connection closed', async () => {
  let context: CommandContext | undefined;
  await runOnDatabase(async (given) => {
    context = given;
    throw new Error('Out of paper.');
  });
  expect([said, process.exitCode]).toEqual([[['stderr', 'Out of paper.\n']], 1]);
  await expect(context?.connection.pool.query('SELECT 1')).rejects.toThrow('after calling end');
});

it.each([
  ['after a command', async () => 'Ran.', [['stdout', 'Ran.\n']]],
  ['after one that fails', () => Promise.reject(new Error('Out of paper.')), [['stderr', 'Out of paper.\n']]],
])('closes a database of its own %s', async (_when, command, expected) => {
  vi.stubEnv('DATABASE_URL', undefined);
  const close = vi.fn(async () => undefined);
  const embedded = { connectionString: applicationConnectionString, ownerConnectionString: connectionString };
  await runOnDatabase(command, async () => ({ ...embedded, adopted: false, dataFolder: '', close }));
  expect(said).toEqual(expected);
  expect(close).toHaveBeenCalledTimes(1);
});

it.each(['staging', 'production'])('starts no database of its own in %s', async (environment) => {
  vi.stubEnv('NODE_ENV', environment);
  vi.stubEnv('DATABASE_URL', undefined);
  await runOnDatabase(async () => 'Ran.');
  const line = 'DATABASE_URL is not set: the embedded PostgreSQL is for development only.\n';
  expect([said, process.exitCode]).toEqual([[['stderr', line]], 1]);
});
