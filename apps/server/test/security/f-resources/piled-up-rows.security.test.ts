import { purgeTrash } from '@promptory/api/server';
import { givenPerson, type Person } from '@promptory/api/testing';
import { givenApp } from '../../harness/boot.ts';
import { bearer, callProcedure, type Input, unbatchedTransports } from '../../harness/transports.ts';
import { proves } from '../harness/proof.ts';

// What one account piles up on what another owns stops none of the other's actions, nor a job that serves all. One account with the
// quotas of everybody once kept a prompt from ever being removed, and with it whatever else was in anybody's trash.

const server = await givenApp();
const { db } = server.services;
const { pool } = server.database;

const GROUPS = 500;
const ENTRIES = 499;
/** Entries that one transaction puts in order, and a group's more. */
const MOST_AT_ONCE = 5_500;
const CALLS = 5;

/** Groups of somebody, in each of which a prompt of somebody else stands in front of all of theirs. */
async function putInFront(by: Person, promptId: string, groups: number): Promise<void> {
  await pool.query(
    `INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
     SELECT gen_random_uuid(), $1, 'behind-' || n, 'Behind', 'x', sha256('') FROM generate_series(1, $2::integer) AS n`,
    [by.id, ENTRIES],
  );
  for (let made = 0; made < groups; made += 1) {
    await pool.query(
      `WITH made AS (INSERT INTO groups (id, name, user_id) VALUES (gen_random_uuid(), 'In front', $1) RETURNING id)
       INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
       SELECT made.id, listed.id, listed.position, $1 FROM made, (
         SELECT $2::uuid AS id, 0 AS position UNION ALL
         SELECT id, substr(slug, 8)::integer FROM prompts WHERE user_id = $1 AND slug LIKE 'behind-%'
       ) AS listed`,
      [by.id, promptId],
    );
  }
}

/** Of the entries of somebody's groups, how many the largest transaction has written, and whether each group has them without a gap. */
async function orderOf({ id }: Person, groups: number): Promise<{ most: number; isInOrder: boolean }> {
  const { rows } = await pool.query<{ most: number; ordered: number }>(
    `WITH entries AS (
       SELECT group_prompts.xmin, group_id, position FROM group_prompts JOIN groups ON groups.id = group_id WHERE user_id = $1
     )
     SELECT (SELECT max(count)::integer FROM (SELECT count(*) FROM entries GROUP BY xmin::text) AS written) AS most,
       (SELECT count(*)::integer FROM (
         SELECT FROM entries GROUP BY group_id HAVING count(*) = $2 AND max(position) = $2 - 1
       ) AS whole) AS ordered`,
    [id, ENTRIES],
  );
  return { most: rows[0]?.most ?? 0, isInOrder: rows[0]?.ordered === groups };
}

proves(
  'F5',
  'a public prompt that one account has put in front of 500 full groups is removed by its owner, and by the daily job',
  async (proof) => {
    const groups = proof.share(GROUPS, 60);
    for (const way of ['by its owner', 'by the job'] as const) {
      const [owner, other] = [await givenPerson(server.services), await givenPerson(server.services)];
      const as = bearer((await server.session(owner)).accessToken);
      const call = (path: string, input: Input) =>
        callProcedure(server, proof.pick(unbatchedTransports), path, input, as);
      const made = await call('prompts.create', { title: 'Popular', content: 'x', visibility: 'public' });
      const { id } = made.result as { id: string };
      await putInFront(other, id, groups);
      await call('prompts.delete', { id });
      if (way === 'by its owner') {
        const codes: string[] = [];
        while (codes.at(-1) !== 'ok' && codes.length < CALLS) codes.push((await call('prompts.purge', { id })).code);
        proof.check(codes.at(-1) === 'ok', () => `${way}: ${codes}`);
      } else {
        await pool.query("UPDATE prompts SET deleted_at = now() - interval '40 days' WHERE id = $1", [id]);
        const removed = await purgeTrash(db, new Date()).catch((error: Error) => error.message);
        proof.check(removed === 1, () => `${way}: ${removed}`);
      }
      const { most, isInOrder } = await orderOf(other, groups);
      proof.check(most <= MOST_AT_ONCE, () => `${way}: ${most} entries in one transaction`);
      proof.works(isInOrder, () => `${way}: not every group has its entries in order`);
      proof.cases(groups);
    }
  },
);

proves('F5', 'the uses of a key of somebody else hold up no end of the group that it is for', async (proof) => {
  const uses = proof.share(200_000, 20_000);
  const [owner, member] = [await givenPerson(server.services), await givenPerson(server.services)];
  const as = bearer((await server.session(owner)).accessToken);
  const transport = proof.pick(unbatchedTransports);
  const call = (path: string, input: Input) => callProcedure(server, transport, path, input, as);
  const { id } = (await call('prompts.create', { title: 'Used', content: 'x' })).result as { id: string };
  const group = (await call('groups.create', { name: 'Shared' })).result as { id: string };
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO api_keys (id, user_id, name, hint, key_hash, scopes, group_id)
     VALUES (gen_random_uuid(), $1, 'Busy', 'pty_live_abcd…wxyz', sha256('busy'), '{prompts:read}', $2) RETURNING id`,
    [member.id, group.id],
  );
  await pool.query(
    `INSERT INTO usage_events (id, occurred_at, prompt_id, version, user_id, api_key_id, kind, consumer)
     SELECT gen_random_uuid(), now() - n * interval '1 s', $1, 1, $2, $3, 'read', 'Busy' FROM generate_series(1, $4::integer) AS n`,
    [id, member.id, rows[0]?.id, uses],
  );
  const written = async () =>
    (await pool.query<{ xmin: string }>('SELECT DISTINCT xmin::text FROM usage_events WHERE prompt_id = $1', [id]))
      .rows;
  const before = await written();
  const deleted = await call('groups.delete', { id: group.id });
  proof.check(deleted.code === 'ok', () => deleted.code);
  const left = await pool.query('SELECT FROM api_keys WHERE id = $1', [rows[0]?.id]);
  proof.works(left.rowCount === 0, () => 'the key is still there');
  const after = await written();
  proof.check(JSON.stringify(after) === JSON.stringify(before), () => `uses were written: ${after.length}`);
  proof.cases(uses);
});
