import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { connect } from '@promptory/db';
import { EmbeddedPostgresError, openEmbedded } from '@promptory/db/embedded';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isReady, type ServerProcess } from '../e2e/harness/run-server.ts';
import { send } from '../e2e/harness/send.ts';
import { KillableSite } from './harness/killable-site.ts';
import { requireSmallDisk, type SmallDisk } from './harness/small-disk.ts';

let disk: SmallDisk;
let site: KillableSite;
let server: ServerProcess;
let authorization: string;

beforeAll(async () => {
  disk = await requireSmallDisk(192);
  site = await KillableSite.open(disk.folder);
  server = await site.startServer();
  const account = { email: 'alice@example.org', password: 'correct horse battery', name: 'Alice' };
  const { accessToken } = await send<{ accessToken: string }>(server.url, 'POST', '/auth/register', account);
  authorization = `Bearer ${accessToken}`;
});
afterAll(async () => {
  await disk.free();
  await site?.close();
  await disk?.remove();
});

/** As an owner of the schema has it. */
async function asOwner(statement: string): Promise<void> {
  const { pool, close } = connect({ connectionString: site.ownerConnectionString, max: 1 });
  await pool.query(statement).finally(close);
}

interface Outcome {
  readonly status: number;
  readonly code: string | undefined;
}

/** Makes a prompt of 80 kB, which hardly compress. */
async function create(path: '/prompts' | '/trpc/prompts.create' = '/prompts'): Promise<Outcome> {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ title: 'Large', content: randomBytes(60_000).toString('base64') }),
  });
  const body: unknown = await answer.json();
  const data: unknown = Reflect.get(Object(Reflect.get(Object(body), 'error')), 'data') ?? body;
  const code: unknown = Reflect.get(Object(data), 'code');
  return { status: answer.status, code: typeof code === 'string' ? code : undefined };
}

/** Until one is refused, by whatever transport; what is left of a file that was begun takes some. */
async function createUntilRefused(path?: '/trpc/prompts.create'): Promise<Outcome> {
  for (let call = 0; call < 200; call += 1) {
    const outcome = await create(path);
    if (outcome.status >= 400) return outcome;
  }
  throw new Error('200 prompts found room on a full disk.');
}

const linesOf = (text: string): number => server.log().split(text).length - 1;

it('E2: says that the disk is full by a code of its own, is not ready until there is room, and goes on by itself', async () => {
  expect(await isReady(server.url)).toBe(true);
  for (let time = 1; time <= 2; time += 1) {
    await disk.fill();
    expect(await createUntilRefused()).toEqual({ status: 503, code: 'server.storage_full' });
    await expect.poll(() => isReady(server.url)).toBe(false);
    expect(await createUntilRefused('/trpc/prompts.create')).toEqual({ status: 503, code: 'server.storage_full' });
    // What is there can be read.
    const answer = await fetch(`${server.url}/prompts?limit=1`, { headers: { authorization } });
    expect(answer.status).toBe(200);
    await disk.free();
    await expect.poll(() => isReady(server.url)).toBe(true);
    expect(await create()).toMatchObject({ status: 201 });
    expect(linesOf('the disk of the database is full')).toBe(time);
  }
  // The line says it all: no stack for each call that was refused.
  expect(server.log()).not.toContain('No space left on device');
  expect(server.log()).not.toContain('call failed');
});

it('E2: is away, and no more than that, where the write-ahead log finds no room and the database goes down', async () => {
  await disk.fill();
  // More than two segments of the log, and no row.
  const message = asOwner(
    `SELECT pg_logical_emit_message(true, 'x', repeat('y', 1000000)) FROM generate_series(1, 40)`,
  );
  await expect(message).rejects.toThrow();
  await expectAwayThenBack();
});

it('E2: is one sentence where the embedded PostgreSQL cannot be made or started for it', async () => {
  const tiny = await requireSmallDisk(16);
  const sentenceOf = (folder: string): Promise<unknown> =>
    openEmbedded({ folder }).then(
      () => 'opened',
      (error: unknown) => (error instanceof EmbeddedPostgresError ? error.message : error),
    );
  const made = await sentenceOf(join(tiny.folder, '.promptory')).finally(tiny.remove);
  expect(made).toMatch(/^The disk of \S+ is full: make room there, then start again\.$/);

  await site.killDatabase();
  await expect.poll(() => isReady(server.url)).toBe(false);
  await disk.fill();
  expect(await sentenceOf(site.databaseFolder)).toMatch(/^The disk of \S+ is full: make room there/);
  await expectAwayThenBack();
});

async function expectAwayThenBack(): Promise<void> {
  await expect.poll(() => isReady(server.url)).toBe(false);
  expect((await createUntilRefused()).status).toBe(503);
  await disk.free();
  // As whoever supervises PostgreSQL does.
  await site.reopenDatabase();
  await expect.poll(() => isReady(server.url)).toBe(true);
  expect(await create()).toMatchObject({ status: 201 });
}
