import { openAsBlob } from 'node:fs';
import { givenCorpus } from '@promptory/api/testing/corpus';
import { describeScenario } from './scenario.ts';

const { path, rows } = givenCorpus();

describeScenario({ file: await openAsBlob(path), rows: rows.length });
