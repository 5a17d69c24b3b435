import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { migrateDownUntil, migrationStatus } from '@promptory/db/migrate';
import { type EphemeralCluster, startEphemeralCluster, withClient } from '@promptory/db/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bareEnvironment, ROOT, runServer, type ServerProcess, type Settings } from '../e2e/harness/run-server.ts';
import { send } from '../e2e/harness/send.ts';
import { JWT_SECRET } from '../failure/harness/killable-site.ts';
import { startMigrating } from '../failure/harness/migrate-process.ts';
import { Probes } from '../failure/harness/probes.ts';
import { isWholeRun, say, withinMs } from '../failure/harness/promised.ts';
import { SteadyWrites } from '../failure/harness/steady-writes.ts';
import { Acknowledged, Writer } from '../failure/harness/writer.ts';
import { emptyDatabase } from '../harness/empty-database.ts';
import { type FilledLibrary, fillLibrary } from '../harness/filled-library.ts';
import { givenPrompts } from '../harness/given-prompts.ts';
import { runbookBlocks } from '../harness/runbook.ts';
import { brokenPromises, contractShape } from './contract-shape.ts';
import { checkOut, earlierRelease } from './earlier-release.ts';
import { lostRows, rowsOf } from './kept-rows.ts';

// A database of the release before is migrated to this one while that release serves, twice in a row; this release serves beside it;
// and the release before is gone back to, by the commands of the runbook. Each step goes on where the one before it stopped.

const BLOCKED_MS = 1_000;
/** By so much longer may one call take than while nothing is done, where that alone takes long on a machine that is busy. */
const SLOWER = 3;
/** What part of all calls may be asked to come again, on a machine so busy that statements run out of time. */
const PUT_OFF = 0.05;
const earlier = earlierRelease();
/** Null where git does not know it: then this release fills the database, and what writes meanwhile are plain statements. */
const root = checkOut(earlier);

let cluster: EphemeralCluster;
let urls: { DATABASE_OWNER_URL: string; DATABASE_URL: string };
let folder: string;
let before: ServerProcess | undefined;
let after: ServerProcess | undefined;
let library: FilledLibrary;
let kept: Awaited<ReturnType<typeof rowsOf>>;
const acknowledged = new Acknowledged();
let names: string[];

beforeAll(async () => {
  cluster = await startEphemeralCluster({ onDisk: true });
  urls = await emptyDatabase(cluster, 'upgraded');
  folder = await mkdtemp(join(tmpdir(), 'promptory-upgrade-'));
  const first = startMigrating(urls, undefined, root ?? ROOT);
  expect(await first.ended, first.said()).toBe(0);
  names = (await statusOf()).map(({ name }) => name);
  before = await start(root ?? ROOT);
  library = await fillLibrary(before.url, await givenPrompts());
  if (root === null) {
    await before.stop();
    before = undefined;
    await migrateDownUntil({ connectionString: urls.DATABASE_OWNER_URL, until: earlier.stamp });
  }
  expect((await statusOf()).findLast(({ executedAt }) => executedAt !== null)?.name).toBe(earlier.stamp);
  // What the server counts and writes behind its answers is there before it is looked at.
  await sleep(5_000);
  kept = await rowsOf(urls.DATABASE_OWNER_URL);
  say(
    `${library.prompts} prompts with ${library.versions} versions of ${library.people.length} people at ${earlier.stamp}; ${root === null ? 'git does not know the release before, so none serves' : 'the release before serves'}`,
  );
});
afterAll(async () => {
  await before?.kill();
  await after?.kill();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

const statusOf = () => migrationStatus({ connectionString: urls.DATABASE_OWNER_URL });

const start = (of: string): Promise<ServerProcess> => {
  const settings: Settings = {
    NODE_ENV: 'development',
    DATABASE_URL: urls.DATABASE_URL,
    JWT_SECRET,
    DATA_FOLDER: folder,
    RATE_LIMIT_USER: '1000000/60',
    RATE_LIMIT_SEARCH: '1000000/60',
  };
  return runServer(settings, { root: of });
};

let rounds = 0;
/** The longest of what is called while nothing is done. */
let quietMs = Number.POSITIVE_INFINITY;
/** Has servers written to and read, and the database by plain statements where there is none, while something is done; nothing may fail. */
async function underLoad(servers: readonly ServerProcess[], work: () => Promise<void>): Promise<void> {
  rounds += 1;
  const round = rounds;
  let isOver = false;
  const statements = servers.length > 0 ? null : new SteadyWrites(urls.DATABASE_OWNER_URL, 4);
  const [begun, refusedBefore] = [acknowledged.count, acknowledged.refusals.length];
  const lanes = servers.map(async ({ url }, at) => {
    const writer = await Writer.register(url, `writer-${round}-${at}`, acknowledged);
    const account = {
      email: `reader-${round}-${at}@example.org`,
      name: 'Reader',
      password: 'a lantern in the third field',
    };
    const { accessToken } = await send<{ accessToken: string }>(url, 'POST', '/auth/register', account);
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const prompt = await send<{ id: string; slug: string }>(
      url,
      'POST',
      '/prompts',
      { title: 'A lantern', content: 'It is {{ lit }}.' },
      headers,
    );
    const probe = (path: string, request: RequestInit = {}): Probes =>
      new Probes({ url: url + path, request: { ...request, headers }, lanes: 1 });
    const body = JSON.stringify({ description: 'Lit.' });
    const probes = [
      probe('/prompts?q=lantern'),
      probe(`/prompts/${prompt.id}`),
      probe('/groups?limit=5'),
      probe('/users/me'),
      probe(`/prompts/${prompt.id}`, { method: 'PUT', body }),
      probe('/users/me', { method: 'PUT', body: JSON.stringify({ name: 'Reader' }) }),
    ];
    await writer.keepWriting(url, () => isOver);
    return (await Promise.all(probes.map((each) => each.stop()))).flat();
  });
  // All are at work before it begins, and a while behind its end.
  await sleep(2_000);
  await work();
  await sleep(2_000);
  isOver = true;
  const answers = (await Promise.all(lanes)).flat();
  await statements?.stop();
  const longest = Math.max(
    0,
    ...answers.map(({ ms }) => ms),
    ...[...(statements?.longest.values() ?? [])].map(({ ms }) => ms),
  );
  const writes = acknowledged.count - begun;
  const refused = acknowledged.refusals.slice(refusedBefore);
  const put = refused.filter((answer) => answer.startsWith('503 ')).length;
  const probesPut = answers.filter(({ status, retryAfter }) => status === 503 && retryAfter !== null).length;
  say(
    `  ${writes} writes and ${answers.length} probes beside it${statements === null ? '' : `, ${statements.count} statements`}; the longest waited ${longest.toFixed(0)} ms, ${put + probesPut} were to come again`,
  );
  expect(refused.length, refused.join('\n')).toBe(put);
  expect(answers.filter(({ status }) => status !== 200).length).toBe(probesPut);
  expect(put + probesPut).toBeLessThanOrEqual(isWholeRun ? 0 : PUT_OFF * (writes + answers.length));
  expect(statements?.failures ?? []).toEqual([]);
  expect(longest).toBeLessThan(Math.max(withinMs(BLOCKED_MS), SLOWER * quietMs));
  expect(writes + answers.length + (statements?.count ?? 0)).toBeGreaterThan(20);
  if (quietMs === Number.POSITIVE_INFINITY) quietMs = longest;
  await expectNothingLost();
}

/** What was there before the first upgrade, row by row, and every write that was acknowledged since. */
async function expectNothingLost(): Promise<void> {
  expect(await lostRows(urls.DATABASE_OWNER_URL, kept)).toEqual([]);
  const stored = await withClient(urls.DATABASE_OWNER_URL, (client) =>
    client.query<{ key: string; content: string }>(
      `SELECT prompt_id || ' ' || version AS key, content FROM prompt_versions`,
    ),
  );
  const contents = new Map(stored.rows.map(({ key, content }) => [key, content]));
  const lost = [...acknowledged.versions].filter(([key, content]) => contents.get(key) !== content);
  expect(lost).toEqual([]);
}

async function upgrade(): Promise<void> {
  const migrator = startMigrating(urls);
  expect(await migrator.ended, migrator.said()).toBe(0);
  expect(migrator.applied.length).toBeGreaterThan(0);
  expect((await statusOf()).filter(({ executedAt }) => executedAt === null)).toEqual([]);
}

const serving = (): ServerProcess[] => [before, after].filter((server) => server !== undefined);

it('keeps what the release before promises to its clients', async () => {
  const document = JSON.parse(await readFile(join(ROOT, 'openapi.json'), 'utf8'));
  expect(Object.keys(earlier.contract).length).toBeGreaterThan(50);
  expect(brokenPromises(earlier.contract, contractShape(document))).toEqual([]);
});

it('serves while nothing is done, which the rest is compared with', () => underLoad(serving(), () => sleep(5_000)));

it('migrates while the release before serves, and loses nothing', () => underLoad(serving(), upgrade));

it('serves beside the release before, on one schema', async () => {
  after = await start(ROOT);
  await underLoad(serving(), () => sleep(3_000));
  for (const { email, password } of library.people) {
    await expect(send(after.url, 'POST', '/auth/login', { email, password })).resolves.toHaveProperty('accessToken');
  }
});

it('goes back to the release before, which starts and serves on the schema of this one', async () => {
  const [back = ''] = await runbookBlocks('Going back one release');
  expect(await runCommands(back)).toEqual([
    `git checkout --detach ${earlier.commit}`,
    'npx -y pnpm@10.34.8 install --frozen-lockfile',
    'npx -y pnpm@10.34.8 build',
    'systemctl restart promptory',
  ]);
  await after?.stop();
  after = undefined;
  await before?.stop();
  before = undefined;
  if (root === null) return;
  before = await start(root);
  await underLoad(serving(), () => sleep(3_000));
  for (const { email, password } of library.people) {
    await expect(send(before.url, 'POST', '/auth/login', { email, password })).resolves.toHaveProperty('accessToken');
  }
});

it('takes the schema back by the commands of the runbook, and migrates a second time while the release before serves', async () => {
  const [, takeBack = ''] = await runbookBlocks('Going back one release');
  await underLoad(serving(), async () => {
    const ran = await runCommands(takeBack);
    expect(ran.filter((line) => line.startsWith('systemctl'))).toEqual([
      'systemctl stop promptory',
      'systemctl start promptory',
    ]);
  });
  expect((await statusOf()).findLast(({ executedAt }) => executedAt !== null)?.name).toBe(earlier.stamp);
  await underLoad(serving(), upgrade);
  expect(names.length).toBeGreaterThan(60);
});

/** Runs commands as they stand there; git, systemctl and the installation say what they would do. @returns what those said */
async function runCommands(commands: string): Promise<string[]> {
  const tools = await mkdtemp(join(folder, 'tools-'));
  const log = join(tools, 'log');
  await writeFile(log, '');
  for (const name of ['git', 'systemctl', 'npx']) {
    await writeFile(join(tools, name), `#!/bin/sh\necho "${name} $*" >> "${log}"\n`);
    chmodSync(join(tools, name), 0o755);
  }
  const bare = bareEnvironment();
  const env = {
    ...bare,
    ...urls,
    BACKUP_FOLDER: folder,
    BEFORE: earlier.commit,
    LAST: earlier.stamp,
    PATH: `${tools}:${bare.PATH}`,
  };
  await promisify(execFile)('/bin/sh', ['-ec', commands], { cwd: ROOT, env });
  return (await readFile(log, 'utf8')).trim().split('\n');
}
