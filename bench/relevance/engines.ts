import { create, insertMultiple, search as searchOrama } from '@orama/orama';
import { callersOf, givenPerson, givenPrompt, testServices } from '@promptory/api/testing';
import { createTestDatabase, startEphemeralCluster } from '@promptory/db/testing';
import MiniSearch from 'minisearch';
import type { SearchedPrompt } from './queries.ts';

/** Answers the places of the first ten prompts for what somebody types, best first. */
export type Search = (query: string) => Promise<readonly number[]>;

export interface Engine {
  readonly name: string;
  readonly search: Search;
  close(): Promise<void>;
}

const FIRST = 10;
/** A title says more of a prompt than its text, and a tag nearly as much. */
const BOOST = { title: 3, tags: 2, content: 1 };
const close = async (): Promise<void> => undefined;

/** Ours: `prompts.list` with `q`, as its owner, over a PostgreSQL of its own. */
export async function promptory(prompts: readonly SearchedPrompt[]): Promise<Engine> {
  const cluster = await startEphemeralCluster();
  const database = await createTestDatabase({ server: cluster });
  const services = testServices(database.db);
  const owner = await givenPerson(services);
  const places = new Map<string, number>();
  for (const [place, { title, content, tags = [] }] of prompts.entries()) {
    const { id } = await givenPrompt(services, owner, title, { content, tags });
    places.set(id, place);
  }
  await database.pool.query('ANALYZE');
  const caller = callersOf(services).as(owner.principal);
  return {
    name: 'Promptory',
    async search(q) {
      const { items } = await caller.prompts.list({ q, limit: FIRST });
      return items.flatMap(({ id }) => places.get(id) ?? []);
    },
    async close() {
      await database.drop();
      await cluster.stop();
    },
  };
}

/** MiniSearch in the way that its documentation shows: beginnings of words, and slips of a fifth of a word where it is asked to. */
export async function miniSearch(prompts: readonly SearchedPrompt[], isFuzzy: boolean): Promise<Engine> {
  const index = new MiniSearch<{ id: number; title: string; tags: string; content: string }>({
    fields: Object.keys(BOOST),
    searchOptions: { boost: BOOST, prefix: true, ...(isFuzzy ? { fuzzy: 0.2 } : {}) },
  });
  index.addAll(prompts.map(({ title, tags = [], content }, id) => ({ id, title, tags: tags.join(' '), content })));
  const search: Search = async (query) =>
    index
      .search(query)
      .slice(0, FIRST)
      .map(({ id }) => Number(id));
  return { name: isFuzzy ? 'MiniSearch, fuzzy' : 'MiniSearch', search, close };
}

/** Orama's full-text search, which takes beginnings of words by itself, and as many slips as it is told. */
export async function orama(prompts: readonly SearchedPrompt[], isFuzzy: boolean): Promise<Engine> {
  const index = create({ schema: { title: 'string', tags: 'string', content: 'string' } });
  await insertMultiple(
    index,
    prompts.map(({ title, tags = [], content }, place) => ({
      id: String(place),
      title,
      tags: tags.join(' '),
      content,
    })),
  );
  return {
    name: isFuzzy ? 'Orama, tolerant' : 'Orama',
    async search(term) {
      const { hits } = await searchOrama(index, {
        ...{ term, limit: FIRST, boost: BOOST, properties: Object.keys(BOOST) as (keyof typeof BOOST)[] },
        ...(isFuzzy ? { tolerance: 1 } : {}),
      });
      return hits.map(({ id }) => Number(id));
    },
    close,
  };
}
