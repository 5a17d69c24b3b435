import type { Database } from '@promptory/db';
import type { Kysely, KyselyPlugin } from 'kysely';
import { expect, it } from 'vitest';
import type { Db } from '../../src/context.ts';
import { collect } from '../harness/collect.ts';
import { callersOf, givenApi, givenPerson, givenPrompt, type Person } from '../index.ts';

// A page reads first which prompts there are, and then their texts: what was hidden in between is read no more.

const { db, services } = await givenApi();

/** The database to a call during which a prompt becomes private, once its id has been read. */
function hiding(id: string): { db: Db; isHidden: () => boolean } {
  let isHidden = false;
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      if (!isHidden && result.rows.some((row) => row.id === id)) {
        isHidden = true;
        await db.updateTable('prompts').set({ visibility: 'private' }).where('id', '=', id).execute();
      }
      return result;
    },
  };
  return { db: (db as Kysely<Database>).withPlugin(plugin), isHidden: () => isHidden };
}

async function given(): Promise<{ shown: string; hidden: string; hiddenId: string; stranger: Person }> {
  const owner = await givenPerson(services);
  const shown = await givenPrompt(services, owner, 'Shown', { visibility: 'public' });
  const hidden = await givenPrompt(services, owner, 'Hidden', { visibility: 'public' });
  return { shown: shown.slug, hidden: hidden.slug, hiddenId: hidden.id, stranger: await givenPerson(services) };
}

it.each([
  [
    'a list of prompts',
    async (person: Person, parts: { db?: Db }) =>
      (await callersOf(services).as(person.principal, parts).prompts.list({})).items,
  ],
  [
    'an export',
    async (person: Person, parts: { db?: Db }) =>
      collect(await callersOf(services).as(person.principal, parts).transfer.export({ scope: 'readable' })),
  ],
])('%s leaves out what was hidden while it was read', async (_, read) => {
  const { shown, hidden, hiddenId, stranger } = await given();
  const slugs = async (parts: { db?: Db }) => (await read(stranger, parts)).map(({ slug }) => slug);
  expect(await slugs({})).toEqual(expect.arrayContaining([shown, hidden]));
  const during = hiding(hiddenId);
  const left = await slugs({ db: during.db });
  expect(during.isHidden()).toBe(true);
  expect(left).toContain(shown);
  expect(left).not.toContain(hidden);
});
