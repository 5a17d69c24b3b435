import { getPriority } from 'node:os';
import type { Log } from '@promptory/api/server';
import { servedCaller } from '@promptory/db';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createWorkerPool, type WorkerPoolOptions } from '../../src/services/workers/worker-pool.ts';

function givenPool(options: Partial<WorkerPoolOptions> = {}) {
  const logged: string[] = [];
  const write = (_: object, message: string) => void logged.push(message);
  const log: Log = { info: write, warn: write, error: write };
  const pool = createWorkerPool({ log, threads: 1, ...options });
  onTestFinished(() => pool.close());
  return { pool, logged };
}

const version = (content: string, config = '{}') =>
  `{"title":"Poem","description":"","content":${JSON.stringify(content)},"messages":null,"config":${config},"inputSchema":null,"outputSchema":null}`;

describe('workers', () => {
  it('compare two versions as this thread does', async () => {
    const { pool } = givenPool();
    const older = version('roses are red', '{"x":{"2":0,"1":0}}');
    const diff = await pool.run('diffVersions', older, version('roses are blue'));
    const { content, title } = JSON.parse(diff);
    expect(content.runs.map(({ type }: { type: string }) => type)).toEqual(['removed', 'added']);
    expect(title.changed).toBe(false);
    expect(diff).toContain('{"path":"/x","type":"removed","from":{"2":0,"1":0}}');
  });

  it('give way to this thread, whose priority stays', async () => {
    const before = getPriority();
    const { does } = givenHostile();
    expect(await does('returns')).toMatchObject({ priority: process.platform === 'linux' ? 10 : before });
    expect(getPriority()).toBe(before);
  });

  it('leave this thread free while they work', async () => {
    const { does } = givenHostile();
    expect(await does('returns')).toMatchObject({ isMainThread: false });
  });
});

/** Tasks by the name of what they do wrong. */
function givenHostile(options: Partial<WorkerPoolOptions> = {}) {
  const { pool, logged } = givenPool({ module: new URL('./hostile-thread.ts', import.meta.url), ...options });
  const run = pool.run as (name: string, what: string) => Promise<unknown>;
  return { does: (what: string) => run('diffVersions', what), logged, pool };
}

describe('a task', () => {
  it.each(['throws', 'exits', 'fills the memory'])('that %s fails alone', async (what) => {
    const { does } = givenHostile();
    await expect(does(what)).rejects.toThrow();
    await expect(does('returns')).resolves.toMatchObject({ what: 'returns' });
  });

  it('that never ends is ended, and is 503', async () => {
    const { does, logged } = givenHostile({ timeoutMs: 1_000 });
    await expect(does('never ends')).rejects.toMatchObject({ code: 'server.busy', status: 503, retryAfterSeconds: 2 });
    expect(logged).toEqual(['a worker was ended, as its task took too long']);
    // The new thread has a second to start in, which may be too short on a machine that is busy.
    const served = () => does('returns').catch((error: unknown) => error);
    await expect.poll(served).toMatchObject({ what: 'returns' });
  });

  it('that finds too many others waiting is 503', async () => {
    const { does } = givenHostile({ queue: 2, timeoutMs: 3_000 });
    const calls = ['never ends', 'never ends', 'never ends', 'returns', 'returns'].map((what) => does(what));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(outcomes[4]).toMatchObject({ reason: { code: 'server.busy', retryAfterSeconds: 2 } });
  });

  it('waits for no more than one of all that another has sent', async () => {
    const { does } = givenHostile({ timeoutMs: 60_000 });
    const done: string[] = [];
    const as = (name: string, what: string) =>
      servedCaller.run({ name }, () => does(what)).then(() => void done.push(name));
    const others = Array.from({ length: 10 }, () => as('one', 'returns'));
    await Promise.all([...others, as('other', 'returns')]);
    expect(done.indexOf('other')).toBeLessThanOrEqual(2);
  });

  it('sees no setting of the server', async () => {
    const { does } = givenHostile();
    expect(await does('returns')).toMatchObject({ secrets: [] });
  });

  it('ends with the pool', async () => {
    const { does, pool } = givenHostile();
    const endless = does('never ends').catch((error: unknown) => error);
    await pool.close();
    expect(await endless).toBeInstanceOf(Error);
  });
});
