import { measuredQueries } from '@promptory/db/testing';
import type { Includer } from '@promptory/schemas';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { callersOf, givenApi } from '../../../../test/index.ts';

const { db, pool, services, cast, as } = await givenApi();
const { alice, bob, mallory } = cast;
const measured = measuredQueries(pool);
const asks = callersOf({ ...services, db: measured.db }).as(alice.principal);

/** What one page looks at, and may: its references, and of each whether the caller may read it. */
const A_PAGE = 2_000;
const LOOKS = 4;

const included = await as(alice).prompts.create({ title: 'Included', content: 'x', visibility: 'public' });

async function givenIncluder(title: string): Promise<string> {
  const content = `{% render 'alice/${included.slug}#1' %}`;
  return (await as(bob).prompts.create({ title, content, visibility: 'public' })).id;
}

/** So many versions of private prompts of mallory, a hundred of each, that include it by two names. */
async function hide(prompts: number): Promise<void> {
  await sql`
    WITH made AS (
      INSERT INTO prompts (id, user_id, slug, title, content, content_hash, version)
      SELECT gen_random_uuid(), ${mallory.id}::uuid, 'hidden-' || gen_random_uuid(), 'Hidden', 'x', sha256(''::bytea), 100
      FROM generate_series(1, ${prompts}::integer) RETURNING id
    ), versions AS (
      INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
      SELECT id, n, 'Hidden', '', 'x', '{}', ${mallory.id}::uuid, sha256(''::bytea) FROM made, generate_series(1, 100) AS n
      RETURNING prompt_id, version
    )
    INSERT INTO prompt_includes (prompt_id, version, name, included_prompt_id, included_version)
    SELECT prompt_id, version, name, ${included.id}::uuid, 1 FROM versions, unnest('{one,another}'::text[]) AS name
  `.execute(db);
  await sql`ANALYZE`.execute(db);
}

/** All includers, and the rows that the costliest page looked at. */
async function allOf(): Promise<{ items: Includer[]; most: number; pages: number }> {
  const items: Includer[] = [];
  let [most, pages] = [0, 0];
  let cursor: string | undefined;
  do {
    measured.take();
    const page = await asks.prompts.includers({
      id: included.id,
      limit: 1,
      ...(cursor === undefined ? {} : { cursor }),
    });
    most = Math.max(most, measured.take().rows);
    pages += 1;
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { items, most, pages };
}

it('a page of who includes a prompt looks at so many references, however many it may not show', async () => {
  const first = await givenIncluder('First');
  await hide(20);
  const second = await givenIncluder('Second');
  const few = await allOf();
  expect(few.items.map(({ promptId }) => promptId).sort()).toEqual([first, second].sort());
  expect(few.most).toBeGreaterThan(A_PAGE / 2);
  await hide(40);
  const many = await allOf();
  expect(many.items).toEqual(few.items);
  expect(many.most).toBeLessThan(A_PAGE * LOOKS);
  expect(many.pages).toBeGreaterThanOrEqual(12_000 / A_PAGE);
});
