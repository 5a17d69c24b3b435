import { measuredQueries } from '@promptory/db/testing';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { givenApi, givenPerson, givenPrompt } from '../../../../test/index.ts';
import { findEqual } from './find-equal.ts';

const { db, pool, services } = await givenApi();

it('reads what it looks for, and not all of the account, though no statistics say how much that is', async () => {
  let owner = await givenPerson(services);
  for (let accounts = 5; accounts > 0; accounts -= 1) {
    owner = await givenPerson(services);
    const { id } = await givenPrompt(services, owner, 'First');
    await sql`
      INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
      SELECT gen_random_uuid(), user_id, 'first-' || n, title, content, sha256(n::text::bytea)
      FROM prompts, generate_series(1, 2000) AS n WHERE prompts.id = ${id}
    `.execute(db);
  }
  const { rows } = await sql<{ hash: string }>`
    SELECT encode(sha256(n::text::bytea), 'hex') AS hash FROM generate_series(1951, 2050) AS n
  `.execute(db);
  const wanted = rows.map(({ hash }) => ({ hash, rows: 1 }));
  const nothing = { isClaimed: () => false, claimedUpTo: () => undefined };
  const measured = measuredQueries(pool);
  const searches = await findEqual(measured.db, owner.id, wanted, nothing);
  expect(searches.filter(({ free }) => free.length === 1)).toHaveLength(50);
  // Each of a hundred contents is a look into an index; with all of the account they would be two hundred thousand rows.
  expect(measured.take().rows).toBeLessThan(1_000);
});
