import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ClockFault, findClocks, findShortTimeouts } from './read-clocks.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** What `pnpm test` runs or uses that reads a clock, and why no test passes or fails by it. */
const ALLOWED: Readonly<Record<string, string>> = {
  'apps/server/test/harness/loop-monitor.ts': 'finds a turn in a profile; how long it took the processor says',
  'apps/server/test/harness/mail-catcher.ts': 'ends what waits for a mail',
  'apps/server/test/harness/programs/started-program.ts': 'ends what waits for a program to start',
  'apps/server/test/harness/unread-connection.ts': 'ends what waits for a server',
  'apps/server/src/plugins/pace-refusals.test.ts': 'the clock is that of fake timers',
  'packages/api/test/harness/services.ts': 'where the manual clock begins',
  'packages/client/src/links/sending-links.test.ts': 'a token that expires far away',
  'packages/client/test/stub-promptory.ts': 'a token that expires far away',
  'packages/db/test/test-database.ts': 'ends what waits for connections to close',
};

/** Measure on purpose, or run processes: not part of `pnpm test`. */
const LEFT_OUT =
  /\.(?:e2e|security|corpus|growth|scale|failure)\.test\.ts$|^apps\/server\/test\/(?:e2e|security|screenshots|soak|growth|scale|failure|upgrade)\/|^packages\/trpc-fastify\/test\/abuse\//;

it.each([
  'const start = performance.now();',
  'expect(Date.now() - before).toBeLessThan(5)',
  'globalThis.performance.now()',
  'process\n  .hrtime.bigint()',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
  'const id = `${Date.now()}`',
])('finds a clock in %s', (code) => {
  expect(findClocks(code)).toHaveLength(1);
});

it.each([
  'clock.now()',
  '// performance.now() would do',
  "it('calls Date.now()')",
  'process.threadCpuUsage()',
  'Date.UTC(0)',
])('takes %s', (code) => {
  expect(findClocks(code)).toEqual([]);
});

it.each([
  ['await expect.poll(read, { timeout: 1_500 }).toBe(true)', 1],
  ["describe('a', { timeout: 20_000 }, () => {", 1],
  ['await expect.poll(read).toBe(true)', 0],
  ["it('a', { timeout: 300_000 }, async () => {", 0],
  ['await vi.waitFor(() => expect(names).toEqual([1]));\nafter({ timeout: 60_000 })', 1],
  ['await vi\n  .waitUntil(() => is, { timeout: 1_000 })', 1],
  ['await vi.waitFor(() => expect(f(1)).toBe(")"), { timeout: 60_000, interval: 5 })', 0],
])('counts the short timeouts of %s', (code, count) => {
  expect(findShortTimeouts(code)).toHaveLength(count);
});

const listed = execFileSync('git', ['ls-files', '-z', '*.ts'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
const tests = listed.filter((path) => /\.test\.ts$|\/test\//.test(path));
const faultsIn = (paths: readonly string[], find: (text: string) => ClockFault[]): string[] =>
  paths.flatMap((path) =>
    find(readFileSync(join(ROOT, path), 'utf8')).map(
      ({ line, code, instead }) => `${path}:${line}: ${code}; ${instead}`,
    ),
  );

it('finds no clock in what pnpm test runs, but where no test depends on it', () => {
  const ours = tests.filter((path) => !LEFT_OUT.test(path) && !path.startsWith('packages/tools/clocks/'));
  expect(ours.length).toBeGreaterThan(200);
  expect(
    faultsIn(
      ours.filter((path) => !(path in ALLOWED)),
      findClocks,
    ),
  ).toEqual([]);
  const read = Object.keys(ALLOWED).filter((path) => faultsIn([path], findClocks).length > 0);
  expect(read).toEqual(Object.keys(ALLOWED));
});

it('finds no test with less time than a busy machine may need', () => {
  expect(
    faultsIn(
      tests.filter((path) => !path.startsWith('packages/tools/clocks/')),
      findShortTimeouts,
    ),
  ).toEqual([]);
});
