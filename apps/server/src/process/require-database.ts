import type { Log } from '@promptory/api/server';
import { type Env, isServing } from '../settings/env.ts';
import { StartError } from './start-error.ts';

/**
 * Lets a start go on only with a database that is there, migrated, and open to the role of DATABASE_URL as far as the
 * server needs. Warns in staging and production where that role may do more: it could change what is never changed.
 * @throws StartError that says what is missing, and what to do
 */
export async function requireDatabase(
  { environment }: Pick<Env, 'environment'>,
  connectionString: string,
  logger: Pick<Log, 'warn'>,
): Promise<void> {
  const { pending, rights } = await readState(connectionString).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new StartError(`The database of DATABASE_URL cannot be used (${reason}).`, { cause: error });
  });
  if (pending > 0) throw new StartError(`The database is ${pending} migration(s) behind: run \`pnpm migrate\` first.`);
  if (rights.missing.length > 0) {
    throw new StartError(
      `The role of DATABASE_URL lacks rights: run \`pnpm migrate\` with DATABASE_OWNER_URL and DATABASE_URL set, which grants them:\n${lines(rights.missing)}`,
    );
  }
  if (rights.excess.length > 0 && isServing(environment)) {
    logger.warn(
      { excess: rights.excess },
      'The role of DATABASE_URL may do more than the server needs, such as delete audit entries: give the schema to another role, DATABASE_OWNER_URL, and migrate again',
    );
  }
}

async function readState(connectionString: string) {
  const { countPending, rightsOf } = await import('@promptory/db/migrate');
  const asked = [countPending({ connectionString }), rightsOf({ connectionString })] as const;
  const [pending, rights] = await Promise.allSettled(asked);
  if (pending.status === 'rejected') throw pending.reason;
  // Until the migrations have run, what they make is missing anyhow.
  if (pending.value > 0) return { pending: pending.value, rights: { missing: [], excess: [] } };
  if (rights.status === 'rejected') throw rights.reason;
  return { pending: 0, rights: rights.value };
}

const lines = (items: readonly string[]): string => items.map((item) => `  ${item}`).join('\n');
