import { describeSearchQuality } from '../harness/search-quality.ts';
import { givenCorpus } from './given-corpus.ts';

const { rows } = givenCorpus();

describeSearchQuality({
  name: 'prompts.chat',
  prompts: rows.map((row) => ({ title: (row.act ?? '').trim().slice(0, 200), content: row.prompt ?? '' })),
});
