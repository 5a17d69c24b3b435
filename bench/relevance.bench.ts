import { readFile } from 'node:fs/promises';
import { madeUpCorpus } from '@promptory/api/testing';
import { parse } from 'csv-parse/sync';
import type { Benchmark, Ratio, Table } from './benchmark.ts';
import { type Engine, miniSearch, orama, promptory, type Search } from './relevance/engines.ts';
import { type QueryClass, queriesOf, type SearchedPrompt } from './relevance/queries.ts';

// What is looked for is drawn by this number; other ones draw others: RELEVANCE_SEED=7 pnpm bench relevance
const SEED = Number(process.env.RELEVANCE_SEED ?? 1);
const PER_CLASS = 60;
const LONGEST_TITLE = 200;
/** What people look for by name, in a collection for whoever has none. */
const TOOLS = { subjects: ['TypeScript', 'Go', 'C++', 'R', 'SQL', 'Gardening', 'Scripting'], roles: ['Golfer'] };

interface Quality {
  /** The mean of one by the place of the first prompt that was meant; nothing where it is not among the first ten. */
  readonly reciprocalRank: number;
  /** The mean share of those meant, ten at most, that are among the first ten. */
  readonly recall: number;
}

/** The collection that PROMPTORY_CORPUS names, with what it says of each prompt's kind and author as tags; else one made up. */
async function givenPrompts(): Promise<readonly SearchedPrompt[]> {
  const path = process.env.PROMPTORY_CORPUS;
  if (path === undefined || path === '') return madeUpCorpus(TOOLS).prompts;
  const rows: Record<string, string>[] = parse(await readFile(path), { columns: true, bom: true });
  return rows.map(({ act = '', prompt = '', type = '', contributor = '' }) => ({
    title: act.trim().slice(0, LONGEST_TITLE),
    content: prompt,
    tags: [type, contributor].map((tag) => tag.toLowerCase()).filter((tag) => /^[a-z0-9-]{2,50}$/.test(tag)),
  }));
}

async function qualityOf(search: Search, { queries }: QueryClass): Promise<Quality> {
  let reciprocalRank = 0;
  let recall = 0;
  for (const { text, meant } of queries) {
    const found = await search(text);
    const first = found.findIndex((place) => meant.has(place));
    if (first >= 0) reciprocalRank += 1 / (first + 1);
    recall += found.filter((place) => meant.has(place)).length / Math.min(10, meant.size);
  }
  return { reciprocalRank: reciprocalRank / queries.length, recall: recall / queries.length };
}

/** How good each engine is in each class, and ours against the best of the others. */
async function compared(ours: Engine, others: readonly Engine[], classes: readonly QueryClass[]) {
  const table: Table = {
    columns: ['reciprocal rank, recall', 'of', ...[ours, ...others].map(({ name }) => name)],
    rows: [],
  };
  const ratios: Ratio[] = [];
  for (const asked of classes) {
    const own = await qualityOf(ours.search, asked);
    const theirs: Quality[] = [];
    for (const { search } of others) theirs.push(await qualityOf(search, asked));
    const cell = ({ reciprocalRank, recall }: Quality) => `${reciprocalRank.toFixed(3)} ${recall.toFixed(3)}`;
    table.rows.push({ label: asked.name, values: [asked.queries.length, cell(own), ...theirs.map(cell)] });
    for (const [what, of] of [['rank', 'reciprocalRank'] as const, ['recall', 'recall'] as const]) {
      const best = Math.max(...theirs.map((quality) => quality[of]));
      // Where nobody else finds anything, there is nothing to divide by.
      const value = best === 0 ? (own[of] > 0 ? 1 : 0) : own[of] / best;
      ratios.push({ label: `${asked.name}: ${what}`, value, target: { atLeast: 1 }, against: 'the best other' });
    }
  }
  return { tables: [table], ratios };
}

export default {
  name: 'relevance',
  claim:
    'What is looked for is found at least as well as by the better of MiniSearch and Orama, in each way of looking: ' +
    'mean reciprocal rank and recall among the first ten, of queries that follow from the collection by rules.',
  async run() {
    const prompts = await givenPrompts();
    const classes = queriesOf(prompts, SEED, PER_CLASS);
    const ours = await promptory(prompts);
    try {
      const others: Engine[] = [];
      for (const isFuzzy of [false, true])
        others.push(await miniSearch(prompts, isFuzzy), await orama(prompts, isFuzzy));
      return await compared(ours, others, classes);
    } finally {
      await ours.close();
    }
  },
} satisfies Benchmark;
