import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { importAs } from '../../../../test/harness/transfers.ts';
import { codeOf, givenApi, givenPerson, givenPrompt, isAwaitingLock } from '../../../../test/index.ts';
import { lockImports } from './import-batch.queries.ts';

const { db, services, cast, as } = await givenApi({ max: 10 });

it('waits for the batch of another import of the account, at whichever server', async () => {
  const bea = await givenPerson(services);
  const body = 'title,content\nOne,one\nTwo,two\n';
  const [pending] = await db.transaction().execute(async (trx) => {
    await lockImports(trx, bea.id);
    const imported = importAs(services, bea, body);
    await expect.poll(() => isAwaitingLock(db), { interval: 10 }).toBe(true);
    const made = db.selectFrom('prompts').select('id').where('user_id', '=', bea.id);
    expect(await made.execute()).toEqual([]);
    return [imported];
  });
  expect((await pending).outcomes).toEqual(['created', 'created']);
});

it('waits for a prompt that is being changed before it holds what the account holds, as every change does', async () => {
  const ann = await givenPerson(services);
  const prompt = await givenPrompt(services, ann, 'Kept', { slug: { given: 'kept' }, content: 'before' });
  const body = 'slug,title,content\nkept,Kept,after\n';
  const [pending] = await db.transaction().execute(async (trx) => {
    await trx.selectFrom('prompts').select('id').where('id', '=', prompt.id).forUpdate().execute();
    const imported = importAs(services, ann, body);
    await expect.poll(() => isAwaitingLock(db), { interval: 10 }).toBe(true);
    // Refused with 55P03 where the import has it: whoever holds the prompt and goes on would wait for one who waits.
    await sql`SELECT FROM account_resources WHERE user_id = ${ann.id}::uuid FOR UPDATE NOWAIT`.execute(trx);
    return [imported];
  });
  const { outcomes } = await pending;
  expect(outcomes).toEqual(['updated']);
  const { content } = await db
    .selectFrom('prompts')
    .select('content')
    .where('id', '=', prompt.id)
    .executeTakeFirstOrThrow();
  expect(content).toBe('after');
});

it('has nobody wait who suspends the account while files are imported, and keeps nothing of them then', async () => {
  const cas = await givenPerson(services);
  const prompt = await givenPrompt(services, cas, 'Kept', { slug: { given: 'kept' }, content: 'before' });
  const [pending] = await db.transaction().execute(async (trx) => {
    await trx.selectFrom('prompts').select('id').where('id', '=', prompt.id).forUpdate().execute();
    const imported = codeOf(importAs(services, cas, '---\nname: kept\n---\nafter', { type: 'text/plain' }));
    await expect.poll(() => isAwaitingLock(db), { interval: 10 }).toBe(true);
    expect(await codeOf(as(cast.root).admin.users.update({ id: cas.id, status: 'suspended' }))).toBe('ok');
    return [imported];
  });
  expect(await pending).toBe('auth.invalid_token');
  const versions = db.selectFrom('prompt_versions').select('version').where('prompt_id', '=', prompt.id);
  expect(await versions.execute()).toHaveLength(1);
});
