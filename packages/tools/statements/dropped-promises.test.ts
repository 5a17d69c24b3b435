import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findDropped } from './dropped-promises.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** How many statements of a source nobody waits for, and who hears of their failures instead. */
const DROPPED: Readonly<Record<string, readonly [statements: number, why: string]>> = {
  'apps/server/src/dev/console/console-server.ts': [2, 'an answer to a server, which says that there is no console'],
  'apps/server/src/dev/develop.ts': [1, 'a second signal ends the program at once'],
  'apps/server/src/dev/restarter.ts': [1, 'the end of a child says itself whether it failed'],
  'apps/server/src/dev/run-dev.ts': [1, 'the last thing before the program ends'],
  'apps/server/src/dev/server-child.ts': [1, 'the whole program, which reports its own failure'],
  'apps/server/src/jobs/run-jobs.ts': [2, 'a look of the job runner, which logs its failure'],
  'apps/server/src/plugins/end-events.ts': [1, 'a check, whose failure leaves all open until the next'],
  'apps/server/src/remembered/answer-remembered.ts': [2, 'an answer, whose failure goes to the procedure itself'],
  'apps/server/src/services/usage-recorder.ts': [2, 'a flush, which logs its failure and is tried again'],
  'packages/api/src/live/reader.ts': [1, 'a look at the database, which logs its failure'],
  'packages/client/src/live/event-stream.ts': [1, 'a stream that tells its listener of its failure'],
  'packages/client/src/registry/resolve-together.ts': [1, 'a batch that tells each of its callers'],
  'packages/db/src/cli/with-database.ts': [1, 'ends the program when it is done'],
  'packages/trpc-fastify/src/call/answer-room.ts': [1, 'a turn, which never fails'],
  'packages/trpc-fastify/src/call/call-procedure.ts': [2, 'a probe at load, which never fails'],
  'packages/trpc-fastify/src/http/json-guard.ts': [1, 'a parser that answers by its callback'],
  'packages/trpc-fastify/src/http/stream-answer.ts': [1, 'a pull, whose failure ends the stream'],
};

it('finds statements that say void of what they call', () => {
  const source = `async function act(trx, events) {
  void trx.deleteFrom('sessions').execute();
  if (events) void tell(events);
  else void wait();
  // void other()
  const [log, text] = [() => void write(), 'void it()'];
  await sql\`SELECT void()\`;
  if (log) {
    void 0;
  }
}
type Act = () => void;
const output = z.void();
`;
  expect(findDropped(source)).toEqual([2, 3, 4, 9]);
});

it('lets no promise go in what runs, but where its failure is heard', () => {
  const listed = execFileSync('git', ['ls-files', '-z', 'packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  // The console shows failures of its calls by what it asks with.
  const files = listed.split('\0').filter((path) => /\.ts$/.test(path) && !/\.test\.ts$|^apps\/console\//.test(path));
  expect(files.length).toBeGreaterThan(500);
  const found = files.flatMap((path) => {
    const lines = findDropped(readFileSync(join(ROOT, path), 'utf8'));
    return lines.length === 0 ? [] : [[path, lines.length]];
  });
  expect(found).toEqual(Object.entries(DROPPED).map(([path, [statements]]) => [path, statements]));
});
