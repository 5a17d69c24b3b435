import { seededRandom } from '@promptory/db/testing';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { callersOf, givenApi, givenPerson, givenPrompt, keyPrincipal, type Person } from '../../../../test/index.ts';
import { addUpNameCounts } from './add-up-name-counts.ts';

const { db, services, cast, as } = await givenApi();
const { alice, bob, carol, mallory, root } = cast;
const people = { alice, bob, carol, mallory, root };
const NAMES = ['Art', 'Biology', 'Café', 'Design', 'Ethics'];

/** What a caller may read, as its lists of prompts say. */
async function truth(person: Person, part: 'tags' | 'category'): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await as(person).prompts.list({ limit: 100, sort: 'created', cursor });
    for (const prompt of items)
      for (const name of part === 'tags' ? prompt.tags : [prompt.category ?? []].flat())
        counts[name] = (counts[name] ?? 0) + 1;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return counts;
}

async function listed(person: Person, part: 'tags' | 'category', limit: number): Promise<Record<string, number>> {
  const list = part === 'tags' ? as(person).tags.list : as(person).categories.list;
  const counts: Record<string, number> = {};
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await list({ limit, cursor });
    for (const { name, promptCount } of items) counts[name] = promptCount;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return counts;
}

async function expectTruth(limit: number): Promise<void> {
  for (const [who, person] of Object.entries(people))
    for (const part of ['tags', 'category'] as const)
      expect(await listed(person, part, limit), `${who} ${part}`).toEqual(await truth(person, part));
}

it('counts for everyone just what each may read, whatever changes, and before and after changes are added up', async () => {
  const random = seededRandom(7);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const some = () => NAMES.filter(() => random() < 0.4);
  const owners = [alice, bob, mallory];
  const groups = [await as(alice).groups.create({ name: 'Hers' }), await as(bob).groups.create({ name: 'His' })];
  for (const [index, group] of groups.entries()) {
    const owner = index === 0 ? alice : bob;
    await as(owner).members.add({ id: group.id, handle: 'carol', role: 'viewer' });
  }
  const made: { id: string; owner: Person; gone: boolean }[] = [];
  for (let step = 0; step < 45; step += 1) {
    const what = random();
    const prompt = made.length < 6 || what < 0.3 ? undefined : pick(made);
    if (prompt === undefined) {
      const owner = pick(owners);
      const { id } = await givenPrompt(services, owner, `Prompt ${step}`, {
        tags: some(),
        category: pick([...NAMES, null]),
        visibility: pick(['private', 'public']),
      });
      made.push({ id, owner, gone: false });
    } else if (prompt.gone) {
      await as(prompt.owner).prompts.restore({ id: prompt.id });
      prompt.gone = false;
    } else if (what < 0.45) {
      await as(prompt.owner).prompts.delete({ id: prompt.id });
      prompt.gone = true;
    } else if (what < 0.75) {
      const change = {
        tags: some(),
        category: pick([...NAMES, null]),
        visibility: pick(['private', 'public'] as const),
      };
      await as(prompt.owner).prompts.update({ id: prompt.id, ...change });
    } else {
      const group = groups[prompt.owner === bob ? 1 : 0];
      if (prompt.owner !== mallory && group !== undefined)
        await as(prompt.owner)
          .groups.addPrompt({ id: group.id, promptId: prompt.id })
          .catch(() => undefined);
    }
    if (step % 15 === 14) await expectTruth(step % 2 === 0 ? 100 : 2);
    if (step % 20 === 10) await addUpNameCounts(db);
  }
  await expectTruth(100);
  expect(await addUpNameCounts(db)).toBeGreaterThan(0);
  await expectTruth(3);
  const { rows } = await sql<{ corrected: number }>`SELECT public.correct_name_counts() AS corrected`.execute(db);
  expect(rows).toEqual([{ corrected: 0 }]);
});

it('counts for a key that sees one group what is readable in that group alone, page by page', async () => {
  const [owner, other] = [await givenPerson(services), await givenPerson(services)];
  const { id } = await as(owner).groups.create({ name: 'One' });
  const elsewhere = await as(owner).groups.create({ name: 'Another' });
  const put = async (group: string, of: Person, tags: string[], visibility: 'private' | 'public' = 'private') => {
    const prompt = await givenPrompt(services, of, tags.join(' '), { tags, category: tags[0] ?? null, visibility });
    await as(owner).groups.addPrompt({ id: group, promptId: prompt.id });
    return prompt;
  };
  await put(id, owner, ['Art', 'Café']);
  await put(id, owner, ['Art', 'Design']);
  const shown = await put(id, other, ['Cafe', 'Music'], 'public');
  await put(elsewhere.id, owner, ['Art', 'Ethics']);
  await givenPrompt(services, owner, 'In no group', { tags: ['Art', 'Law'] });
  const key = callersOf(services).as(keyPrincipal(owner, ['prompts:read'], id));
  const all = async (list: typeof key.tags.list, limit: number, q?: string) => {
    const names: string[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await list({ limit, cursor, q });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      names.push(...page.items.map(({ name, promptCount }) => `${name} ${promptCount}`));
      cursor = page.nextCursor ?? undefined;
      more = cursor !== undefined;
    }
    return names;
  };
  for (const limit of [1, 2, 100]) {
    expect(await all(key.tags.list, limit)).toEqual(['Art 2', 'Cafe 1', 'Café 1', 'Design 1', 'Music 1']);
    expect(await all(key.categories.list, limit)).toEqual(['Art 2', 'Cafe 1']);
  }
  expect(await all(key.tags.list, 1, 'CAFE')).toEqual(['Cafe 1', 'Café 1']);
  // What was public and is not any more is nobody's to read through a group.
  await as(other).prompts.update({ id: shown.id, visibility: 'private' });
  expect(await all(key.tags.list, 100)).toEqual(['Art 2', 'Café 1', 'Design 1']);
});
