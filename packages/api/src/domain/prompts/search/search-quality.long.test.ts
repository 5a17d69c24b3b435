import { madeUpCorpus } from '../../../../test/fixtures/search-corpus.ts';
import { describeSearchQuality } from '../../../../test/harness/search-quality.ts';

describeSearchQuality(madeUpCorpus(), 80);
