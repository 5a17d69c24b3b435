import { createTestDatabase, type TestDatabase } from '@promptory/db/testing';
import { afterAll } from 'vitest';
import type { Principal } from '../context.ts';
import { callersOf } from './callers.ts';
import { type Cast, givenCast } from './given.ts';
import { type TestServices, testServices } from './services.ts';

export interface CastWorld {
  readonly test: TestDatabase;
  readonly services: TestServices;
  readonly cast: Cast;
  /** `as(cast.alice).prompts.get({ id })` */
  readonly as: (person: { readonly principal: Principal }) => ReturnType<ReturnType<typeof callersOf>['as']>;
}

/** For one test file, at its top: a database of its own with the cast in it, dropped after the last test. */
export async function castWorld(options: { max?: number } = {}): Promise<CastWorld> {
  const test = await createTestDatabase(options);
  afterAll(() => test.drop());
  const services = testServices(test.db);
  const cast = await givenCast(test.db);
  return { test, services, cast, as: (person) => callersOf(services).as(person.principal) };
}
