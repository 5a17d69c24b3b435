import { measuredQueries } from '@promptory/db/testing';
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { callersOf, givenApi, givenGroup, givenPerson, givenPrompts } from '../../test/index.ts';

const { db, pool, services } = await givenApi();
const measured = measuredQueries(pool);

// Groups of others, as there are: of a table of few pages PostgreSQL reads all, whatever is asked of it.
beforeAll(async () => {
  const other = await givenPerson(services);
  const ids = (await givenPrompts(services, other, 20)).map(({ id }) => id);
  await sql`
    WITH made AS (
      INSERT INTO groups (id, name, user_id) SELECT gen_random_uuid(), 'Other', ${other.id}::uuid FROM generate_series(1, 1000)
      RETURNING id
    )
    INSERT INTO group_prompts (group_id, prompt_id, position, added_by)
    SELECT made.id, listed.id, listed.place - 1, ${other.id}::uuid
    FROM made, unnest(${ids}::uuid[]) WITH ORDINALITY AS listed(id, place)
  `.execute(db);
  await sql`ANALYZE`.execute(db);
});

it('looks at no entry of groups that others put their prompts into', async () => {
  const [owner, stranger] = [await givenPerson(services), await givenPerson(services)];
  const ids = (await givenPrompts(services, owner, 30)).map(({ id }) => id);
  const asks = callersOf({ ...services, db: measured.db }).as(stranger.principal);
  const costOf = async (): Promise<number> => {
    measured.take();
    await asks.prompts.list({ q: 'prompt' });
    await asks.prompts.list({});
    await asks.library.list({});
    return measured.take().rows;
  };
  await givenGroup(services, { owner, promptIds: ids });
  const inOne = await costOf();
  for (let group = 0; group < 30; group += 1) await givenGroup(services, { owner, promptIds: ids });
  const inMany = await costOf();
  expect(inOne).toBeGreaterThan(30);
  // There are 900 more entries.
  expect(inMany).toBeLessThan(inOne + 300);
});
