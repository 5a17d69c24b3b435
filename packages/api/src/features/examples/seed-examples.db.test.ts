import { CreatePromptInput } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { callersOf, codeOf, collect, givenApi, givenPerson } from '../../../test/index.ts';
import { examplePrompts } from './example-prompts.ts';
import { seedExamples } from './seed-examples.ts';

const { db, services, as } = await givenApi();
const password = 'a password that nobody guesses';

describe('the examples', () => {
  it('are prompts as the contract wants them', () => {
    for (const { description, ...example } of examplePrompts) {
      const input = { ...example, description, kind: 'messages' in example ? 'chat' : 'text' };
      expect(CreatePromptInput.safeParse(input).error?.issues ?? []).toEqual([]);
    }
  });

  it('refuse a password that no account may have', async () => {
    expect(await codeOf(seedExamples(services, { password: 'short' }))).toBe('auth.password_too_weak');
  });

  it('are public, with a group of some, and the second time nothing is made', async () => {
    const first = await seedExamples(services, { password });
    expect(first).toMatchObject({ accountCreated: true, promptsCreated: examplePrompts.length });
    expect(await seedExamples(services, { password: `${password} other` })).toEqual({
      userId: first.userId,
      accountCreated: false,
      promptsCreated: 0,
    });
    const demo = await db
      .selectFrom('users')
      .innerJoin('user_passwords', 'user_passwords.user_id', 'users.id')
      .select(['handle', 'hash', 'email_verified_at as verifiedAt'])
      .where('id', '=', first.userId)
      .executeTakeFirstOrThrow();
    expect(demo).toMatchObject({ handle: 'demo', hash: `plain:${password}`, verifiedAt: expect.any(String) });

    const reader = as(await givenPerson(services, { handle: 'reader' }));
    expect(await collect(await reader.transfer.export({ scope: 'readable' }))).toHaveLength(examplePrompts.length);
    const audits = await db.selectFrom('audit_log').select('action').where('target_id', '=', first.userId).execute();
    expect(audits).toEqual([{ action: 'examples.seeded' }]);
  });

  it('stay deleted when they were put into the trash', async () => {
    await db.updateTable('prompts').set({ deleted_at: new Date() }).where('slug', '=', 'support/reply').execute();
    expect((await seedExamples(services, { password })).promptsCreated).toBe(0);
  });

  it('are arranged in a group that the demo account owns', async () => {
    const { userId } = await seedExamples(services, { password });
    const demo = callersOf(services).as({ kind: 'user', userId, role: 'user', sessionId: userId });
    const [group] = (await demo.groups.list({})).items;
    expect(group).toMatchObject({ name: 'Support desk', role: 'owner' });
    const { prompts } = await demo.groups.get({ id: group?.id ?? '' });
    expect(prompts.map(({ prompt }) => prompt.slug)).toEqual([
      'support/triage',
      'writing/summarise',
      'zhongwen/huiyi-jiyao',
    ]);
  });
});
