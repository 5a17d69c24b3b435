import { request } from 'node:http';
import { givenPerson } from '@promptory/api/testing';
import { expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';

const app = await givenApp();
const { db, pool } = app.database;

const fileOf = (at: number): string =>
  `${JSON.stringify({ type: 'file', name: `${at}.prompt`, content: `Text ${at}` })}\n`;

/** Whether a call of the app, whose role shows nothing else of its sessions, waits for an advisory lock. */
const isWaiting = async (): Promise<boolean> =>
  (await pool.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).rowCount !== 0;

it('writes nothing of files whose sender has gone away meanwhile, and gives its place back', async () => {
  const ann = await givenPerson(app.services);
  const headers = { ...(await app.as.person(ann)), 'content-type': 'text/plain' };
  const url = await app.url();
  const sent = request(`${url}/prompts/import`, { method: 'POST', headers });
  const gone = new Promise((resolve) => sent.once('close', resolve));
  sent.once('error', () => undefined);
  const other = await pool.connect();
  try {
    // As another import of the account: this one waits for it in its transaction, before it writes anything.
    await other.query("SELECT pg_advisory_lock(hashtextextended('imports|' || $1, 0))", [ann.id]);
    sent.end(Array.from({ length: 20 }, (_, at) => fileOf(at)).join(''));
    await expect.poll(isWaiting, { interval: 10 }).toBe(true);
    sent.destroy();
    await gone;
    // The server is told of what came after, and so of the end before it.
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  } finally {
    other.release(true);
  }
  const running = () => db.selectFrom('running_imports').select('id').where('user_id', '=', ann.id).execute();
  await expect.poll(running).toEqual([]);
  expect(await db.selectFrom('prompts').select('id').where('user_id', '=', ann.id).execute()).toEqual([]);
});
