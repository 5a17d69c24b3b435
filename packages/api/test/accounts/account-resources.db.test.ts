import { seededRandom } from '@promptory/db/testing';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { purgeTrash } from '../../src/features/prompts/trash/purge-trash.ts';
import { importAs } from '../harness/transfers.ts';
import { codeOf, givenApi, givenPerson, type Person } from '../index.ts';

const { db, services, cast, as } = await givenApi({ max: 20 });

/** What is counted of an account, and what a recount finds. */
async function counted({ id }: Pick<Person, 'id'>) {
  const read = () =>
    db
      .selectFrom('account_resources')
      .select(['prompts', 'versions', 'stored_bytes as storedBytes', 'groups'])
      .where('user_id', '=', id)
      .executeTakeFirstOrThrow();
  const kept = await read();
  await sql`SELECT public.recount_account(${id}::uuid)`.execute(db);
  return { kept, truth: await read() };
}

/** The bytes of every version of an account's prompts, added up anew. */
async function measured({ id }: Pick<Person, 'id'>): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    SELECT coalesce(sum(public.text_bytes(v.title, v.description, v.content, v.messages, v.config, v.input_schema, v.output_schema)), 0)::bigint AS bytes
    FROM prompt_versions v JOIN prompts ON prompts.id = v.prompt_id WHERE prompts.user_id = ${id}::uuid
  `.execute(db);
  return rows[0]?.bytes ?? -1;
}

const lines = (titles: readonly string[]): string =>
  titles.map((title) => `${JSON.stringify({ title, content: `About ${title}` })}\n`).join('');

describe('what is counted of an account', () => {
  it('equals the truth after any mix of actions at once: creations, versions, imports, hand-overs, purges', async () => {
    const random = seededRandom(20_261_128);
    const people = [await givenPerson(services), await givenPerson(services), await givenPerson(services)];
    const anyOf = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
    const prompts: Array<{ id: string; owner: Person }> = [];
    const groups: Array<{ id: string; owner: Person }> = [];
    const act = async (kind: number, step: number): Promise<unknown> => {
      const who = anyOf(people) as Person;
      const prompt = anyOf(prompts.filter(({ owner }) => owner === who));
      const group = anyOf(groups.filter(({ owner }) => owner === who));
      if (kind < 3 || prompt === undefined) {
        const made = await as(who).prompts.create({
          title: 'Same title',
          content: `é${'x'.repeat(step)}`,
          tags: ['a'],
        });
        return prompts.push({ id: made.id, owner: who });
      }
      if (kind === 3) return as(who).prompts.update({ id: prompt.id, content: `changed ${step}`, config: { step } });
      if (kind === 4) return as(who).prompts.duplicate({ id: prompt.id });
      if (kind === 5) return as(who).prompts.delete({ id: prompt.id });
      if (kind === 6) return as(who).versions.restore({ id: prompt.id, version: 1 });
      if (kind === 7) {
        const rows = lines([`Imported ${step}`, `And ${step}`]);
        return importAs(services, who, rows, { type: 'application/x-ndjson' });
      }
      if (kind === 8 || group === undefined) {
        const made = await as(who).groups.create({ name: `Group ${step}` });
        return groups.push({ id: made.id, owner: who });
      }
      if (kind === 9) return as(who).groups.delete({ id: group.id });
      const other = anyOf(people.filter((person) => person !== who)) as Person;
      await as(who).members.add({ id: group.id, handle: other.handle, role: 'viewer' });
      await as(who).members.update({ id: group.id, userId: other.id, role: 'owner' });
      group.owner = other;
      return null;
    };
    for (let round = 0; round < 7; round += 1) {
      const codes = await Promise.all(
        Array.from({ length: 10 }, (_, at) => codeOf(act(Math.floor(random() * 11), round * 10 + at))),
      );
      expect(codes.filter((code) => code.startsWith('server.'))).toEqual([]);
      if (round === 5) {
        await sql`UPDATE prompts SET deleted_at = deleted_at - interval '31 days' WHERE deleted_at IS NOT NULL`.execute(
          db,
        );
        expect(await purgeTrash(db, services.clock.now())).toBeGreaterThan(0);
      }
    }
    for (const person of people) {
      const { kept, truth } = await counted(person);
      expect(kept).toEqual(truth);
      expect(kept.storedBytes).toBe(await measured(person));
      expect(kept.prompts).toBeGreaterThan(0);
    }
  });

  it('is of the group’s maker also when it is handed over, so that nobody’s own are used up by gifts', async () => {
    const { alice, bob } = cast;
    const { id } = await as(alice).groups.create({ name: 'A gift' });
    await as(alice).members.add({ id, handle: 'bob', role: 'viewer' });
    const before = await counted(bob);
    await as(alice).members.update({ id, userId: bob.id, role: 'owner' });
    expect(await counted(bob)).toEqual(before);
    expect((await counted(alice)).kept.groups).toBe(1);
    await as(bob).groups.delete({ id });
    expect((await counted(alice)).kept.groups).toBe(0);
  });
});
