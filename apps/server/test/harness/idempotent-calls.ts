import { randomUUID } from 'node:crypto';
import type { Meta } from '@promptory/api/server';
import { rows } from '../contract/access-matrix.rows.ts';
import type { BootedApp } from './boot.ts';
import { givenWorld, type World } from './given-world.ts';
import { takeChanges } from './row-changes.ts';
import { type Answer, type Headers, type Input, procedures } from './transports.ts';

/** The procedures that create something: those that an Idempotency-Key makes one effect of any number of calls. */
export const creating = procedures.filter(({ meta }) => (meta as Meta).creates === true).map(({ path }) => path);

/** A call that the owner of a new world may make, under a new key. The database has to record (`watchRows`). */
export async function givenKeyedCall(
  server: BootedApp,
  path: string,
): Promise<{ world: World; input: Input; headers: Headers }> {
  const world = await givenWorld(server);
  const row = rows[path];
  if (row === undefined) throw new Error(`${path} has no row in the access matrix.`);
  const headers = { ...(await world.headersOf('owner')), 'idempotency-key': randomUUID() };
  await takeChanges(server.database);
  return { world, input: row.input(world), headers };
}

/** Entries of the audit log since the last time: one for each effect. */
export const takeEffects = async ({ database }: BootedApp): Promise<number> =>
  (await takeChanges(database)).filter(({ table }) => table === 'audit_log').length;

/** What has to be the same in the answers to a call and to its repetitions. */
export const repeatedPart = ({ status, code, result, response }: Answer): string =>
  JSON.stringify([
    response.statusCode,
    status,
    code,
    result,
    response.headers.location,
    response.headers['content-type'],
  ]);
