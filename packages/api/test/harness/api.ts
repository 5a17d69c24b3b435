import type { Database } from '@promptory/db';
import { givenDatabase, type TestDatabase } from '@promptory/db/testing';
import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../src/context.ts';
import { type Cast, givenCast } from '../fixtures/people.ts';
import { callersOf } from './callers.ts';
import { type TestServices, testServices } from './services.ts';

/** The api without a transport, on a database of its own. */
export interface TestApi extends Pick<TestDatabase, 'db' | 'pool'> {
  readonly services: TestServices;
  readonly cast: Cast;
  /** `as(cast.alice).prompts.get({ id })` */
  readonly as: (person: { readonly principal: Principal }) => ReturnType<ReturnType<typeof callersOf>['as']>;
}

/** For one test file, at its top: the api on a database of its own with the cast in it. */
export async function givenApi(options: { max?: number } = {}): Promise<TestApi> {
  const { db, pool } = await givenDatabase(options);
  const services = testServices(db);
  return {
    db,
    pool,
    services,
    cast: await givenCast(services),
    as: (person) => callersOf(services).as(person.principal),
  };
}

/** Whether some call waits for a lock, as one does that was begun while another transaction holds what it needs. */
export async function isAwaitingLock(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
  `.execute(db);
  return rows.length > 0;
}
