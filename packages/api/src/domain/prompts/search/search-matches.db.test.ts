import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { givenApi, givenPrompt } from '../../../../test/index.ts';
import { titleContains } from './search-matches.ts';

const { db, services, cast } = await givenApi();
const titles = ['Up 100% now', 'Up 1000 now', 'snake_case', 'snakeXcase', 'C:\\temp', 'C:temp'];
for (const title of titles) await givenPrompt(services, cast.alice, title);

const found = async (typed: string): Promise<string[]> =>
  (await db.selectFrom('prompts').select('title').where(titleContains(typed)).orderBy('title').execute()).map(
    ({ title }) => title,
  );

it.each([
  ['100% n', 'Up 100% now'],
  ['100％ n', 'Up 100% now'],
  ['100﹪ n', 'Up 100% now'],
  ['ke_ca', 'snake_case'],
  ['ke＿ca', 'snake_case'],
  ['c:\\te', 'C:\\temp'],
  ['c:＼te', 'C:\\temp'],
  ['c:﹨te', 'C:\\temp'],
  ['c:∖te', 'C:\\temp'],
])('finds %s where it stands, and takes nothing in it for a wildcard', async (typed, title) => {
  expect(await found(typed)).toEqual([title]);
});

it.each(['1％now', 'up % now', 'up ％ now', 'c:te＼', 'snake＿＿ase', 'te\\', '%%%a', '＼％'])(
  'finds nothing for %s, which stands nowhere',
  async (typed) => {
    expect(await found(typed)).toEqual([]);
  },
);

it('can be answered by the trigram index of titles', async () => {
  const plan = await db.transaction().execute(async (trx) => {
    // So few titles are read faster as they lie.
    await sql`SET LOCAL enable_seqscan = off`.execute(trx);
    return trx.selectFrom('prompts').select('id').where(titleContains('100％ n')).explain();
  });
  expect(JSON.stringify(plan)).toContain('Bitmap Index Scan on prompts_search_title');
});
