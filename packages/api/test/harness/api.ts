import { givenDatabase, type TestDatabase } from '@promptory/db/testing';
import type { Principal } from '../../src/context.ts';
import { type Cast, givenCast } from '../fixtures/people.ts';
import { callersOf } from './callers.ts';
import { type TestServices, testServices } from './services.ts';

export { isAwaitingLock } from '@promptory/db/testing';

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
