import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { givenApi, givenGroup, givenPerson, type Person } from '../../../test/index.ts';

// The reader of an export lets it wait, and may not read what is left of it when it goes on.

const { db, services, as } = await givenApi();

let owner: Person;
let reader: Person;
let groupId: string;
beforeEach(async () => {
  owner = await givenPerson(services);
  reader = await givenPerson(services);
  groupId = await givenGroup(services, { owner, viewers: [reader], promptIds: [] });
});

async function givenShared(title: string): Promise<string> {
  const { id } = await as(owner).prompts.create({ title, content: title });
  await as(owner).groups.addPrompt({ id: groupId, promptId: id });
  return id;
}

/** What comes after the first item, before which all that was read has waited for so long. */
async function restAfter<T>(items: AsyncIterable<T>, happens: () => Promise<unknown>, waitsMs = 2_000): Promise<T[]> {
  const rest: T[] = [];
  let isFirst = true;
  for await (const item of items) {
    if (!isFirst) rest.push(item);
    else {
      await happens();
      services.clock.advance(waitsMs);
    }
    isFirst = false;
  }
  return rest;
}

const ends: Readonly<Record<string, (promptId: string) => Promise<unknown>>> = {
  'has left the group': () => as(owner).members.remove({ id: groupId, userId: reader.id }),
  'had the group shared that is gone': () => as(owner).groups.delete({ id: groupId }),
  'had the prompt shared that was taken out': (promptId) => as(owner).groups.removePrompt({ id: groupId, promptId }),
  'could read the prompt that is in the trash': (id) => as(owner).prompts.delete({ id }),
};

describe('an export that waits gives nothing more to who', () => {
  it.each(Object.entries(ends))('%s', async (_, end) => {
    await givenShared('First');
    const second = await givenShared('Second');
    const whole = async () => restAfter(await as(reader).transfer.export({ scope: 'readable' }), async () => undefined);
    expect((await whole()).map(({ title }) => title)).toEqual(['Second']);
    const items = await as(reader).transfer.export({ scope: 'readable' });
    expect(await restAfter(items, () => end(second))).toEqual([]);
  });

  it('could read a public prompt that turned private', async () => {
    const made = (title: string) => as(owner).prompts.create({ title, content: 'x', visibility: 'public' });
    await made('First');
    const { id } = await made('Second');
    const items = await as(reader).transfer.export({ scope: 'readable', owner: owner.handle });
    expect(await restAfter(items, () => as(owner).prompts.update({ id, visibility: 'private' }))).toEqual([]);
  });
});

it('goes on in its order, each prompt once, however often its reader lets it wait', async () => {
  for (const title of ['1', '2', '3', '4']) await givenShared(title);
  const titles: string[] = [];
  for await (const { title } of await as(reader).transfer.export({ groupId })) {
    titles.push(title);
    services.clock.advance(2_000);
  }
  expect(titles).toEqual(['1', '2', '3', '4']);
});

describe('an export of versions', () => {
  const LETTERS = 150_000;
  const VERSIONS = 45;

  /** Some thirteen of its versions are a file. */
  async function givenVersions(): Promise<void> {
    const id = await givenShared('Long');
    await sql`UPDATE prompts SET version = ${VERSIONS}::integer WHERE id = ${id}::uuid`.execute(db);
    await sql`INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
      SELECT prompt_id, n, title, description, repeat('x', ${LETTERS}::integer), config, author_id, content_hash
      FROM prompt_versions, generate_series(2, ${VERSIONS}::integer) AS n WHERE prompt_id = ${id}::uuid`.execute(db);
  }

  const filesAfterFirst = async (happens: () => Promise<unknown>, waitsMs?: number): Promise<number> => {
    const items = await as(reader).transfer.exportFiles({ format: 'langfuse', scope: 'readable' });
    const rest = await restAfter(items, happens, waitsMs);
    const texts = rest.flatMap((item) => (item.type === 'file' ? [item.content] : []));
    return texts.join('').match(/x{1000,}/g)?.length ?? 0;
  };

  it('gives no further one of a prompt that its reader may not read any more', async () => {
    await givenVersions();
    expect(await filesAfterFirst(async () => undefined)).toBeGreaterThan(VERSIONS / 2);
    const leave = () => as(owner).members.remove({ id: groupId, userId: reader.id });
    // The one that is in no file yet.
    expect(await filesAfterFirst(leave)).toBeLessThanOrEqual(1);
    // Nor reads it any, however soon its reader goes on.
    await as(owner).members.add({ id: groupId, handle: reader.handle, role: 'viewer' });
    expect(await filesAfterFirst(leave, 0)).toBeLessThanOrEqual(3);
  });
});
