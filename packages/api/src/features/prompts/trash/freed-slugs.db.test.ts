import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { codeOf, givenApi, givenPerson } from '../../../../test/index.ts';

// A prompt in the trash holds no slug: whatever makes or renames one may have it, and what is restored is numbered then.

const { db, services, cast, as } = await givenApi({ max: 10 });
const { alice, root } = cast;

async function givenTrashed(slug: string, owner = alice): Promise<string> {
  const { id } = await as(owner).prompts.create({ title: 'Trashed', content: 'x', slug });
  await as(owner).prompts.delete({ id });
  return id;
}

const { prompts } = as(alice);
const other = { title: 'Other', content: 'y' };

/** The ways in which something else gets a slug, each by the name of who asks for it. */
const takers: Readonly<Record<string, (slug: string) => Promise<string>>> = {
  'a new prompt': async (slug) => (await prompts.create({ ...other, slug })).slug,
  'a new prompt of a title': async (slug) => (await prompts.create({ ...other, title: slug })).slug,
  'a renamed prompt': async (slug) => {
    const { id } = await prompts.create(other);
    return (await prompts.update({ id, slug })).slug;
  },
  'a copy': async (slug) => (await prompts.duplicate({ id: (await prompts.create(other)).id, slug })).slug,
  'a copy of a prompt of that slug': async (slug) => {
    const hers = await as(cast.mallory).prompts.create({ ...other, slug, visibility: 'public' });
    return (await prompts.duplicate({ id: hers.id })).slug;
  },
  'another that is restored': async (slug) => {
    const second = await givenTrashed(slug);
    return (await prompts.restore({ id: second })).slug;
  },
};

it.each(Object.entries(takers))(
  'gives the slug of a deleted prompt to %s, and numbers what is restored then',
  async (who, take) => {
    const slug = who.replaceAll(' ', '-');
    const id = await givenTrashed(slug);
    expect(await take(slug)).toBe(slug);
    const trash = await prompts.list({ trashed: true, limit: 100 });
    expect(trash.items.find((item) => item.id === id)).toMatchObject({ slug, ref: `alice/${slug}` });
    const restored = await prompts.restore({ id });
    expect(restored).toMatchObject({ slug: `${slug}-2`, ref: `alice/${slug}-2`, formerSlug: slug, trashedAt: null });
    const { formerSlug, ...shown } = restored;
    expect(await prompts.get({ id })).toEqual(shown);
  },
);

it('gives a prompt its slug back where nobody took it, and leaves no trace of the one it had meanwhile', async () => {
  const id = await givenTrashed('kept/for-me');
  expect(await prompts.restore({ id })).toMatchObject({ slug: 'kept/for-me', formerSlug: null });
  expect(await codeOf(prompts.create({ ...other, slug: 'kept/for-me' }))).toBe('prompt.slug_taken');
  const { rows } = await sql<{ details: unknown }>`
    SELECT details FROM audit_log WHERE target_id = ${id} AND action = 'prompt.restored'
  `.execute(db);
  expect(rows).toEqual([{ details: {} }]);
});

it('numbers by the slugs of the owner what an administrator restores', async () => {
  const id = await givenTrashed('by-root');
  await prompts.create({ ...other, slug: 'by-root' });
  expect(await as(root).prompts.restore({ id })).toMatchObject({ slug: 'by-root-2', formerSlug: 'by-root' });
});

it('holds one slug for each of many that are restored at once, and of those that are made meanwhile', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 12; index += 1) ids.push(await givenTrashed('crowded'));
  const [made, ...restored] = await Promise.all([
    prompts.create({ ...other, title: 'Crowded' }),
    ...ids.map((id) => prompts.restore({ id })),
  ]);
  const slugs = [made?.slug, ...restored.map(({ slug }) => slug)];
  expect(new Set(slugs).size).toBe(13);
  expect(slugs).toContain('crowded');
  for (const { slug, formerSlug } of restored) expect(formerSlug).toBe(slug === 'crowded' ? null : 'crowded');
});

it('finds in the trash what is searched by its slug, however long that is', async () => {
  const owner = await givenPerson(services, { handle: 'long' });
  const slug = `${'part/'.repeat(29)}wombat`.slice(0, 150).replace(/\/$/, '');
  const id = await givenTrashed(slug, owner);
  const second = await givenTrashed(`${slug.slice(0, 112)}/x`, owner);
  const found = await as(owner).prompts.list({ trashed: true, q: 'part' });
  expect(found.items.map((item) => item.id).toSorted()).toEqual([id, second].toSorted());
  expect(found.items.map((item) => item.slug)).toContain(slug);
  expect(await as(owner).prompts.restore({ id })).toMatchObject({ slug, formerSlug: null });
});

it('gives a slug back also where a server of the release before restores', async () => {
  const [first, second] = [await givenTrashed('older'), await givenTrashed('older')];
  const slugs: string[] = [];
  for (const id of [first, second]) {
    await db.updateTable('prompts').set({ deleted_at: null }).where('id', '=', id).execute();
    slugs.push((await prompts.get({ id })).slug);
  }
  expect(slugs[0]).toBe('older');
  expect(slugs[1]).toMatch(/^older-[0-9a-f]{8}$/);
});
