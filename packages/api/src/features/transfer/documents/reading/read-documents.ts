import { othersTurn } from '@promptory/db';
import {
  mayBeJson,
  type OthersOfImport,
  type Outline,
  type PromptDocument,
  type ReadPartial,
  readDotpromptFiles,
} from '@promptory/template';
import { jsonExcess } from '@promptory/trpc-fastify/procedure';
import type { SignedInContext } from '../../../../context.ts';
import { runTask } from '../../../../tasks.ts';
import { slugOfName } from './item-slug.ts';
import { namesOfImport } from './names-of-import.ts';
import { idWithin, nameOf, type PromptFile, type ReadDocument } from './prompt-file.ts';

/** Is told how many versions of prompts a file has. */
export type CountVersions = (versions: number) => Promise<void>;

/** Characters that are read within some milliseconds, also where they are YAML with a fault at each sign. */
const SMALL = 1_000;

/**
 * The documents of files, in their order; null of one that holds more than any prompt. Files of dotprompt may include one another,
 * and prompts of Langfuse are included by names that may be no slugs.
 * @throws AppError server.busy, and what `count` throws
 */
export async function readDocuments(
  ctx: SignedInContext,
  files: readonly PromptFile[],
  count: CountVersions,
): Promise<(ReadDocument | null)[]> {
  const documents: (ReadDocument | null)[] = [];
  const read = async (file: number, others: OthersOfImport) => {
    const document = await documentOf(ctx, files[file] as PromptFile, others);
    // What is read again is the same prompts.
    await count(documents[file] === undefined ? (document?.prompts.length ?? 0) : 0);
    documents[file] = document === null ? null : { place: file, document, includes: [] };
    return document ?? { prompts: [], places: [], warnings: [], refusals: [] };
  };
  for (const [file, { format }] of files.entries()) if (format !== 'dotprompt') await read(file, {});
  await readPartials(ctx, files, documents, read);
  // Each is given the names that it has, and no others: of a thousand files each may have as many.
  for await (const { file, known, includes } of namesOfImport(files, documents)) {
    await read(file, { names: known });
    const again = documents[file];
    if (again) documents[file] = { ...again, includes };
  }
  return documents;
}

type Read = (file: number, others: OthersOfImport) => Promise<PromptDocument>;

async function readPartials(
  ctx: SignedInContext,
  files: readonly PromptFile[],
  documents: (ReadDocument | null)[],
  read: Read,
): Promise<void> {
  const places = [...files.keys()].filter((file) => files[file]?.format === 'dotprompt');
  const placeOf = (index: number) => places[index] as number;
  const found = await readDotpromptFiles(
    places.map((file) => files[file] as PromptFile),
    {
      outline: (index) => outlineOf(ctx, (files[placeOf(index)] as PromptFile).text),
      read: (index, partials) => read(placeOf(index), { partials }),
      partial: (content) => partialIn(ctx, content),
      referenceOf(index, prompt) {
        const name = nameOf(prompt, files[placeOf(index)]?.name ?? null);
        return name === '' ? null : slugOfName(name);
      },
    },
  );
  for (const [index, { includes }] of found.entries()) {
    const file = placeOf(index);
    const document = documents[file];
    if (!document || includes.length === 0) continue;
    const led = includes.map(({ reference, file: target }) => ({
      name: reference,
      promptId: idWithin(placeOf(target), null),
      version: 1,
    }));
    documents[file] = { ...document, includes: led };
  }
}

/** Null of a file that holds more than any prompt. */
async function documentOf(
  ctx: SignedInContext,
  { format, text }: PromptFile,
  others: OthersOfImport,
): Promise<PromptDocument | null> {
  const known = JSON.stringify(others);
  await othersTurn();
  const answer =
    text.length + known.length <= SMALL
      ? runTask('readPrompts', [format, text, known])
      : await ctx.workers.run('readPrompts', format, text, known);
  // Short YAML may mean much, by its aliases or as a list within lists.
  if (!isJson(text) && jsonExcess(answer) !== null) return null;
  return JSON.parse(answer) as PromptDocument;
}

async function outlineOf(ctx: SignedInContext, text: string): Promise<Outline> {
  const answer = text.length <= SMALL ? runTask('outlineOf', [text]) : await ctx.workers.run('outlineOf', text);
  return JSON.parse(answer) as Outline;
}

async function partialIn(ctx: SignedInContext, content: string): Promise<ReadPartial> {
  const answer =
    content.length <= SMALL ? runTask('partialIn', [content]) : await ctx.workers.run('partialIn', content);
  return JSON.parse(answer) as ReadPartial;
}

export const isJson = (text: string): boolean => mayBeJson(text.trimStart());
