import { expect, it } from 'vitest';
import { callersOf, givenApi, givenKeyPrincipal, givenPerson } from '../../test/index.ts';
import { createKeptEntries } from './kept-entries.ts';

const { db, services, as, cast } = await givenApi();

/** What an account left in the log: each action with how many entries and changes, and whether it is looked up by target. */
const leftBy = (actorId: string) =>
  db
    .selectFrom('audit_log')
    .select((eb) => [
      'action',
      eb.cast<number>(eb.fn.countAll(), 'integer').as('entries'),
      eb.cast<number>(eb.fn.sum('changes'), 'integer').as('changes'),
    ])
    .where('actor_id', '=', actorId)
    .groupBy('action')
    .orderBy('action')
    .execute();

it('counts changes beyond those of a day in one entry for each action, and those of security one by one', async () => {
  const person = await givenPerson(services, { handle: 'tireless' });
  const caller = callersOf({ ...services, keptEntries: createKeptEntries(25) }).as(person.principal);
  const prompts = Array.from({ length: 20 }, (_, index) => ({ title: `Mine ${index}`, content: 'x' }));
  const made = await caller.prompts.createMany({ prompts });
  const ids = made.results.flatMap((result) => (result.outcome === 'created' ? [result.id] : []));
  for (let time = 0; time < 2; time += 1) {
    await caller.prompts.updateMany({ prompts: ids.map((id) => ({ id, content: `Changed ${time}` })) });
  }
  const group = await caller.groups.create({ name: 'Shared' });
  await caller.members.add({ id: group.id, email: cast.bob.email, role: 'viewer' });
  for (const id of ids) await caller.prompts.delete({ id });
  await caller.prompts.purgeTrash();
  expect(await leftBy(person.id)).toEqual([
    { action: 'group.created', entries: 1, changes: 1 },
    { action: 'group.member_added', entries: 1, changes: 1 },
    { action: 'prompt.created', entries: 20, changes: 20 },
    { action: 'prompt.deleted', entries: 1, changes: 20 },
    { action: 'prompt.purged', entries: 1, changes: 20 },
    { action: 'prompt.updated', entries: 6, changes: 40 },
  ]);
  const { items } = await as(cast.root).admin.audit.list({ actorId: person.id, action: 'prompt.deleted' });
  expect(items).toMatchObject([{ targetId: null, targetType: 'prompt', changes: 20, details: {}, requestId: null }]);
});

it('says of which key the changes were that it counts, and keeps apart those of a session', async () => {
  const person = await givenPerson(services, { handle: 'with-key' });
  const key = await givenKeyPrincipal(services, person, ['prompts:read', 'prompts:write']);
  const { as: asCounted } = callersOf({ ...services, keptEntries: () => false });
  for (const principal of [person.principal, key, key]) {
    await asCounted(principal).prompts.create({ title: 'Mine', content: 'x' });
  }
  const entries = await db
    .selectFrom('audit_log')
    .select(['action', 'api_key_id', 'changes'])
    .where('actor_id', '=', person.id)
    .orderBy('changes')
    .execute();
  expect(entries.filter(({ action }) => action === 'prompt.created')).toEqual([
    { action: 'prompt.created', api_key_id: null, changes: 1 },
    { action: 'prompt.created', api_key_id: key.keyId, changes: 2 },
  ]);
});
