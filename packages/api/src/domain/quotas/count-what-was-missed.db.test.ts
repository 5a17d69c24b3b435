import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { givenApi, givenGroup, givenPerson, givenPrompt } from '../../../test/index.ts';
import { countWhatWasMissed } from './count-what-was-missed.ts';

const { db, services, as } = await givenApi({ max: 4 });

it('counts prompts and groups that a migration found locked, waits for none, and counts nothing twice', async () => {
  const owner = await givenPerson(services);
  const held = () =>
    db
      .selectFrom('account_resources')
      .select(['prompts', 'versions', 'stored_bytes as storedBytes', 'groups'])
      .where('user_id', '=', owner.id)
      .executeTakeFirstOrThrow();
  const missed = await givenPrompt(services, owner, 'Missed', { content: 'x'.repeat(1_000) });
  const locked = await givenPrompt(services, owner, 'Locked', { content: 'y'.repeat(1_000) });
  const group = await givenGroup(services, { owner });
  await as(owner).prompts.update({ id: missed.id, content: 'z'.repeat(500) });
  const before = await held();
  expect(before).toMatchObject({ prompts: 2, versions: 3, groups: 1 });
  expect(before.storedBytes).toBeGreaterThan(2_500);

  // As the migration leaves what is locked throughout.
  await db.updateTable('prompts').set({ stored_bytes: null }).where('user_id', '=', owner.id).execute();
  await db.updateTable('groups').set({ made_by: null }).where('id', '=', group).execute();
  await sql`SELECT public.recount_account(${owner.id}::uuid)`.execute(db);
  expect(await held()).toEqual({ ...before, storedBytes: 0, groups: 0 });
  // A version that is written meanwhile is counted with the others.
  const later = await as(owner).prompts.update({ id: missed.id, content: 'later' });
  expect(later.version).toBe(3);

  const [first] = await db.transaction().execute(async (trx) => {
    await trx.selectFrom('prompts').select('id').where('id', '=', locked.id).forUpdate().execute();
    return [await countWhatWasMissed(db)];
  });
  expect(first).toBe(2);
  expect(await countWhatWasMissed(db)).toBe(1);
  const after = await held();
  await sql`SELECT public.recount_account(${owner.id}::uuid)`.execute(db);
  expect(after).toEqual(await held());
  expect(after).toMatchObject({ prompts: 2, versions: 4, groups: 1 });
  expect(after.storedBytes).toBeGreaterThan(before.storedBytes);
  expect(await countWhatWasMissed(db)).toBe(0);
});
