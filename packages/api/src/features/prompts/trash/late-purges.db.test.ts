import { sql } from 'kysely';
import { expect, it, vi } from 'vitest';
import { callersOf, givenApi, givenPerson } from '../../../../test/index.ts';

const { db, services } = await givenApi();

it('begins nothing more after six seconds of a call, and says that there is more', async () => {
  const owner = await givenPerson(services);
  await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash, deleted_at)
    SELECT gen_random_uuid(), ${owner.id}::uuid, 'old-' || n, 'Old', 'x', sha256(''::bytea), now()
    FROM generate_series(1, 900) AS n`.execute(db);
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  try {
    // Of each prompt that is removed it is asked whether it leaves an entry.
    const keptEntries = (): boolean => {
      now += 20;
      return true;
    };
    const { prompts } = callersOf({ ...services, keptEntries }).as(owner.principal);
    expect(await prompts.purgeTrash()).toEqual({ purged: 400, more: true });
    expect(await prompts.purgeTrash()).toEqual({ purged: 400, more: true });
    expect(await prompts.purgeTrash()).toEqual({ purged: 100, more: false });
  } finally {
    clock.mockRestore();
  }
});
