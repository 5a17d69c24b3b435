import { createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.ts';

/** For one test file, at its top: a database of its own, dropped after the last test. */
export async function givenDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  // Only within a test file: what else imports this folder runs without Vitest.
  const { afterAll } = await import('vitest');
  const database = await createTestDatabase(options);
  afterAll(() => database.drop());
  return database;
}
