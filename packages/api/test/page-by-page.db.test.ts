import { newId } from '@promptory/db';
import { expect, it } from 'vitest';
import { type callersOf, givenApi, givenPerson, givenPrompt, givenSession } from './index.ts';

const { db, services, as, cast } = await givenApi();
type Caller = ReturnType<ReturnType<typeof callersOf>['as']>;
type Place = { readonly limit: number; readonly cursor?: string | undefined };
type List = (place: Place) => Promise<{ readonly items: readonly unknown[]; readonly nextCursor: string | null }>;

/** A person with three of everything that is listed, and the lists of it. */
async function lists(): Promise<Record<string, List>> {
  const [owner, other] = [await givenPerson(services), await givenPerson(services)];
  const [mine, theirs]: [Caller, Caller] = [as(owner), as(other)];
  const promptIds: string[] = [];
  const groupIds: string[] = [];
  for (const name of ['One', 'Two', 'Three']) {
    services.clock.advance(1_000);
    const prompt = await givenPrompt(services, owner, name, { tags: [name], category: name, isTemplate: true });
    promptIds.push(prompt.id);
    await mine.favorites.add({ promptId: prompt.id });
    await mine.apiKeys.create({ name, scopes: ['prompts:read'] });
    groupIds.push((await mine.groups.create({ name })).id);
    const another = await theirs.groups.create({ name });
    const invitation = {
      id: newId(),
      group_id: another.id,
      email: owner.email,
      role: 'viewer',
      invited_by: other.id,
    } as const;
    await db.insertInto('group_invitations').values(invitation).execute();
  }
  const [id = '', second = ''] = promptIds;
  const [groupId = ''] = groupIds;
  for (const [index, label] of ['a', 'b', 'c'].entries()) {
    services.clock.advance(1_000);
    await mine.prompts.update({ id, content: `Version ${index}` });
    await mine.labels.move({ id, label, version: 1 });
    await mine.releases.create({ label: `${label}-together`, prompts: [id, second].map((promptId) => ({ promptId })) });
    await givenSession(services, owner);
    const member = await givenPerson(services);
    await mine.members.add({ id: groupId, email: member.email, role: 'viewer' });
    await mine.members.add({ id: groupId, email: `nobody-${index}@example.com`, role: 'viewer' });
  }
  const root = as(cast.root);
  return {
    'auth.sessions': (place) => mine.auth.sessions.list(place),
    'me.invitations': (place) => mine.me.invitations.list(place),
    apiKeys: (place) => mine.apiKeys.list(place),
    prompts: (place) => mine.prompts.list(place),
    templates: (place) => mine.prompts.templates(place),
    versions: (place) => mine.versions.list({ ...place, id }),
    releases: (place) => mine.releases.list(place),
    categories: (place) => mine.categories.list(place),
    tags: (place) => mine.tags.list(place),
    groups: (place) => mine.groups.list(place),
    members: (place) => mine.members.list({ ...place, id: groupId }),
    invitations: (place) => mine.invitations.list({ ...place, id: groupId }),
    favorites: (place) => mine.favorites.list(place),
    library: (place) => mine.library.list(place),
    'admin.users': (place) => root.admin.users.list(place),
    'admin.audit': (place) => root.admin.audit.list(place),
  };
}

const LARGEST = 100;

it('gives each list one by one as it gives it whole, with nothing twice and nothing left out', async () => {
  const few: string[] = [];
  for (const [name, list] of Object.entries(await lists())) {
    const whole = await list({ limit: LARGEST });
    if (whole.items.length < 3) few.push(`${name} ${whole.items.length}`);
    const walked: unknown[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null && walked.length <= LARGEST) {
      const page = await list({ limit: 1, cursor });
      walked.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(walked.slice(0, LARGEST), name).toEqual(whole.items);
    expect(whole.nextCursor === null ? walked.length : LARGEST, name).toBe(whole.items.length);
  }
  expect(few.join()).toBe('');
});
