import { openAsBlob } from 'node:fs';
import { givenCorpus } from '@promptory/api/testing/corpus';
import { examplePrompts, type PromptsFile } from '../e2e/scenario/prompts-file.ts';

/** The collection that PROMPTORY_CORPUS names, else as many examples of our own. */
export async function givenPrompts(): Promise<PromptsFile> {
  if (!process.env.PROMPTORY_CORPUS) return examplePrompts();
  const { path, rows } = givenCorpus();
  return { file: await openAsBlob(path), rows: rows.length };
}
