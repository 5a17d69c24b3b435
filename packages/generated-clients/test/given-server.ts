import { createTestDatabase, startEphemeralCluster } from '@promptory/db/testing';
import { runServer, type ServerProcess } from '@promptory/server/testing';
import { afterAll, beforeAll } from 'vitest';

/** A server for the tests of a file, in a process and on a database of its own. Development lets one who registers in at once. */
export function givenServer(): Pick<ServerProcess, 'url'> {
  let server: ServerProcess | undefined;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const cluster = await startEphemeralCluster();
    ends.unshift(() => cluster.stop());
    const database = await createTestDatabase({ server: cluster });
    ends.unshift(() => database.drop());
    server = await runServer({
      NODE_ENV: 'development',
      DATABASE_URL: database.applicationConnectionString,
      JWT_SECRET: 'of no use to anybody but this test run',
    });
    ends.unshift(server.kill);
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });
  return {
    get url() {
      if (server === undefined) throw new Error('The server has not been started.');
      return server.url;
    },
  };
}

/** The values of a stream of JSON lines. */
export const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
