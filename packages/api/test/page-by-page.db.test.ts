import { newId } from '@promptory/db';
import { insertRows } from '@promptory/db/testing';
import type { AnyTRPCRouter } from '@trpc/server';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { appRouter } from '../src/app-router.ts';
import { writeUsage } from '../src/domain/usage/write-usage.ts';
import { type callersOf, givenApi, givenPerson, givenSession } from './index.ts';

const { db, services, as, cast } = await givenApi();
type Caller = ReturnType<ReturnType<typeof callersOf>['as']>;
type Place = { readonly limit: number; readonly cursor?: string | undefined };
type Key = readonly (readonly [direction: 'asc' | 'desc', value: string | number | boolean])[];

/** A list, and by what it is sorted. No two of its items have the same key. */
interface List {
  page(place: Place): Promise<{ readonly items: readonly object[]; readonly nextCursor: string | null }>;
  readonly keyOf: (item: never) => Key;
}

const list = <T extends object>(
  page: (place: Place) => Promise<{ readonly items: readonly T[]; readonly nextCursor: string | null }>,
  keyOf: (item: T) => Key,
): List => ({ page, keyOf });

const latestFirst =
  <T extends { readonly id: string }>(time: keyof T) =>
  (item: T): Key => [
    ['desc', String(item[time])],
    ['desc', item.id],
  ];
const byName = ({ name }: { readonly name: string }): Key => [['asc', name]];

/** A person with three of everything that is listed, two of them made at one time, and the lists of it. */
async function lists(): Promise<Record<string, List>> {
  const [owner, other] = [await givenPerson(services), await givenPerson(services)];
  const [mine, theirs]: [Caller, Caller] = [as(owner), as(other)];
  const promptIds: string[] = [];
  const groupIds: string[] = [];
  const names = ['One', 'Two', 'Three'];
  for (const name of names) {
    await sql`SELECT graphile_worker.add_job('send_mail', ${JSON.stringify({ name })}::json)`.execute(db);
    if (name === 'Three') services.clock.advance(1_000);
    const content = name === 'One' ? 'First' : "By {% render 'one#1' %}, or {% render 'one' %}";
    const prompt = await mine.prompts.create({ title: name, content, tags: [name], category: name, isTemplate: true });
    promptIds.push(prompt.id);
    await mine.favorites.add({ promptId: prompt.id });
    await mine.apiKeys.create({ name, scopes: ['prompts:read'] });
    groupIds.push((await mine.groups.create({ name })).id);
    const another = await theirs.groups.create({ name });
    await insertRows(db, {
      group_invitations: [
        {
          ...{ id: newId(), group_id: another.id, email: owner.email, role: 'viewer', invited_by: other.id },
          created_at: services.clock.now(),
          expires_at: new Date(services.clock.now().getTime() + 86_400_000),
        },
      ],
      auth_attempts: [
        { id: newId(), kind: 'login', succeeded: true, email: owner.email, occurred_at: services.clock.now() },
      ],
    });
  }
  const [id = '', second = '', third = ''] = promptIds;
  const [groupId = ''] = groupIds;
  await mine.prompts.update({ id: third, content: "By {% render 'one#1' %} alone" });
  for (const [index, label] of ['a', 'b', 'c'].entries()) {
    if (index === 2) services.clock.advance(1_000);
    await mine.prompts.update({ id, content: `Version ${index}` });
    await mine.labels.move({ id, label, version: 1 });
    await mine.labels.move({ id, label: 'moved', version: index + 1 });
    await mine.releases.create({ label: `${label}-together`, prompts: [id, second].map((promptId) => ({ promptId })) });
    await mine.groups.addPrompt({ id: groupId, promptId: promptIds[index] ?? '' });
    await givenSession(services, owner);
    const member = await givenPerson(services);
    await mine.members.add({ id: groupId, email: member.email, role: 'viewer' });
    await mine.members.add({ id: groupId, email: `nobody-${index}@example.com`, role: 'viewer' });
    const dayLater = new Date(services.clock.now().getTime() - (index === 2 ? 0 : 86_400_000));
    const use = { promptId: id, userId: owner.id, apiKeyId: null, kind: 'render', occurredAt: dayLater } as const;
    await writeUsage(db, [
      { ...use, version: 1, consumer: `program ${index}` },
      { ...use, version: 2, consumer: 'web' },
    ]);
  }
  const root = as(cast.root);
  return {
    'auth.sessions.list': list(mine.auth.sessions.list, ({ id, createdAt }) => [
      ['desc', createdAt],
      ['asc', id],
    ]),
    'me.deletion': list(mine.me.deletion, ({ id, kind }) => [
      ['asc', kind],
      ['asc', id],
    ]),
    'me.invitations.list': list(mine.me.invitations.list, latestFirst('createdAt')),
    'apiKeys.list': list(mine.apiKeys.list, latestFirst('createdAt')),
    'prompts.list': list(mine.prompts.list, latestFirst('updatedAt')),
    'prompts.list by creation': list(
      (place) => mine.prompts.list({ ...place, sort: 'created' }),
      latestFirst('createdAt'),
    ),
    'prompts.list by title': list(
      (place) => mine.prompts.list({ ...place, sort: 'title' }),
      ({ title, id }) => [
        ['asc', title.toLowerCase()],
        ['asc', id],
      ],
    ),
    'prompts.templates': list(mine.prompts.templates, latestFirst('updatedAt')),
    'prompts.signatures': list(mine.prompts.signatures, ({ promptId, version }) => [
      ['desc', promptIds.indexOf(promptId)],
      ['desc', version],
    ]),
    'prompts.includers': list(
      (place) => mine.prompts.includers({ ...place, id }),
      ({ promptId, version, name }) => [
        ['desc', promptId],
        ['desc', version],
        ['desc', name],
      ],
    ),
    'prompts.versionUses': list(
      (place) => mine.prompts.versionUses({ ...place, id }),
      ({ version, consumer }) => [
        ['desc', version],
        ['desc', consumer],
      ],
    ),
    'prompts.usage': list(
      (place) => mine.prompts.usage({ ...place, id }),
      ({ day, version, consumer }) => [
        ['desc', day],
        ['desc', version],
        ['desc', consumer],
      ],
    ),
    'versions.list': list(
      (place) => mine.versions.list({ ...place, id }),
      ({ version }) => [['desc', version]],
    ),
    'labels.list': list(
      (place) => mine.labels.list({ ...place, id }),
      ({ label }) => [['asc', label]],
    ),
    'labels.history': list(
      (place) => mine.labels.history({ ...place, id, label: 'moved' }),
      ({ to }) => [['desc', to ?? 0]],
    ),
    'releases.list': list(mine.releases.list, ({ id }) => [['desc', id]]),
    'categories.list': list(mine.categories.list, byName),
    'tags.list': list(mine.tags.list, byName),
    'groups.list': list(mine.groups.list, latestFirst('updatedAt')),
    'groups.get': list(
      async (place) => {
        const { prompts, nextCursor } = await mine.groups.get({ ...place, id: groupId });
        return { items: prompts, nextCursor };
      },
      ({ position }) => [['asc', position]],
    ),
    'members.list': list(
      (place) => mine.members.list({ ...place, id: groupId }),
      ({ role, joinedAt, user }) => [
        ['desc', role === 'owner'],
        ['asc', joinedAt],
        ['asc', user.id],
      ],
    ),
    'invitations.list': list((place) => mine.invitations.list({ ...place, id: groupId }), latestFirst('createdAt')),
    'favorites.list': list(mine.favorites.list, ({ favoritedAt, prompt }) => [
      ['desc', favoritedAt],
      ['desc', prompt.id],
    ]),
    'library.list': list(mine.library.list, ({ prompt }) => latestFirst<typeof prompt>('updatedAt')(prompt)),
    'history.list': list(mine.history.list, latestFirst('occurredAt')),
    'admin.users.list': list(root.admin.users.list, latestFirst('createdAt')),
    'admin.audit.list': list(root.admin.audit.list, latestFirst('occurredAt')),
    'admin.authAttempts.list': list(root.admin.authAttempts.list, latestFirst('occurredAt')),
    'admin.jobs.list': list(root.admin.jobs.list, ({ id }) => [['desc', Number(id)]]),
  };
}

const LARGEST = 100;
const walked = await lists();

/** Whether a key stands before another one. */
function isBefore(key: Key, next: Key): boolean {
  for (const [at, [direction, value]] of key.entries()) {
    const other = next[at]?.[1] ?? '';
    if (value !== other) return direction === 'asc' ? value < other : value > other;
  }
  return false;
}

it.each(Object.entries(walked))(
  'gives %s in its order, and one by one as it gives it whole',
  async (_, { page, keyOf }) => {
    const whole = await page({ limit: LARGEST });
    expect(whole.items.length).toBeGreaterThanOrEqual(3);
    const keys = whole.items.map((item) => keyOf(item as never));
    const astray = keys.slice(1).filter((key, at) => !isBefore(keys[at] as Key, key));
    expect(astray).toEqual([]);
    const found: object[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null && found.length <= LARGEST) {
      const { items, nextCursor } = await page({ limit: 1, cursor });
      expect(items.length).toBeLessThanOrEqual(1);
      found.push(...items);
      cursor = nextCursor;
    }
    expect(found.slice(0, LARGEST)).toEqual(whole.items);
    expect(whole.nextCursor === null ? found.length : LARGEST).toBe(whole.items.length);
  },
);

it('walks each list that goes on by a cursor', () => {
  const anyRouter: AnyTRPCRouter = appRouter;
  const goesOn = Object.entries(
    anyRouter._def.procedures as Record<string, { _def: { output?: z.ZodObject } }>,
  ).flatMap(([path, { _def }]) => ('nextCursor' in (_def.output?.shape ?? {}) ? [path] : []));
  // The same as groups.get: its first page, once the order is another one.
  const others = ['groups.reorder'];
  expect(goesOn.filter((path) => !(path in walked) && !others.includes(path))).toEqual([]);
});
