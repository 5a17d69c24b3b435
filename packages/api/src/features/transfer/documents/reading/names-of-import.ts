import type { LangfuseNames, NamedPrompt } from '@promptory/template';
import type { BundleInclude } from '../import-item.ts';
import { slugOfName } from './item-slug.ts';
import { idWithin, type PromptFile, type ReadDocument } from './prompt-file.ts';

/** What the names of included prompts mean in an import. */
export interface NamesOfImport {
  readonly known: LangfuseNames;
  /** The files that include any. */
  readonly files: readonly number[];
  /** The versions that are meant where one is named. */
  readonly includes: readonly BundleInclude[];
}

/** A version of a prompt as a file of Langfuse has it. */
interface Brought {
  readonly file: number;
  readonly number: number;
  /** Among those of its file, from 1. */
  readonly place: number;
}

/** What Langfuse includes by name, whatever characters the name has, is what the import makes of that name. */
export function namesOfImport(
  files: readonly PromptFile[],
  documents: readonly (ReadDocument | null)[],
): NamesOfImport {
  const brought = new Map<string, Brought[]>();
  const takenBy = new Map<string, string>();
  const naming = new Set<number>();
  const named = new Set<string>();
  for (const [file, { format }] of files.entries()) {
    const document = format === 'langfuse' ? documents[file]?.document : undefined;
    if (document === undefined) continue;
    for (const name of document.named ?? []) named.add(name);
    if (document.named !== undefined) naming.add(file);
    for (const [name, prompts] of Map.groupBy(document.prompts, (prompt) => prompt.name ?? '')) {
      const slug = slugOfName(name);
      if (!takenBy.has(slug)) takenBy.set(slug, name);
      const numbers = prompts.flatMap(({ version }) => version ?? []).sort((one, other) => one - other);
      const versions = numbers.map((number, index) => ({ file, number, place: index + 1 }));
      brought.set(name, [...(brought.get(name) ?? []), ...versions]);
    }
  }
  const known = new Map<string, NamedPrompt | { reason: string }>();
  const includes: BundleInclude[] = [];
  for (const name of named) {
    const slug = slugOfName(name);
    const taker = takenBy.get(slug);
    if (taker !== undefined && taker !== name) {
      known.set(name, { reason: `"${name}" would be "${slug}" here, which is what "${taker}" is called.` });
      continue;
    }
    const versions = (brought.get(name) ?? []).toSorted((one, other) => one.number - other.number);
    const numbers = new Map(versions.map(({ number }, index) => [String(number), index + 1]));
    known.set(name, { slug, versions: versions.length === 0 ? null : Object.fromEntries(numbers) });
    for (const { file, number, place } of versions) {
      includes.push({ name: `${slug}#${numbers.get(String(number))}`, promptId: idWithin(file, name), version: place });
    }
  }
  return { known: Object.fromEntries(known), files: [...naming], includes };
}
