import { othersTurn } from '@promptory/db';
import type { LangfuseNames, NamedPrompt } from '@promptory/template';
import type { BundleInclude } from '../import-item.ts';
import { slugOfName } from './item-slug.ts';
import { idWithin, type PromptFile, type ReadDocument } from './prompt-file.ts';

/** Names that are looked up before others have their turn. */
const NAMES_A_TURN = 500;

/** What the names mean in an import by which a file includes prompts. */
export interface NamesOfFile {
  /** Which file it is. */
  readonly file: number;
  readonly known: LangfuseNames;
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

/** What Langfuse includes by name, whatever characters the name has, is what the import makes of that name: of each file that does. */
export async function* namesOfImport(
  files: readonly PromptFile[],
  documents: readonly (ReadDocument | null)[],
): AsyncGenerator<NamesOfFile> {
  const brought = new Map<string, Brought[]>();
  const takenBy = new Map<string, string>();
  const naming = new Map<number, readonly string[]>();
  for (const [file, { format }] of files.entries()) {
    const document = format === 'langfuse' ? documents[file]?.document : undefined;
    if (document === undefined) continue;
    if (document.named !== undefined) naming.set(file, document.named);
    for (const [name, prompts] of Map.groupBy(document.prompts, (prompt) => prompt.name ?? '')) {
      const slug = slugOfName(name);
      if (!takenBy.has(slug)) takenBy.set(slug, name);
      const numbers = prompts.flatMap(({ version }) => version ?? []).sort((one, other) => one - other);
      const versions = numbers.map((number, index) => ({ file, number, place: index + 1 }));
      const before = brought.get(name) ?? [];
      before.push(...versions);
      brought.set(name, before);
    }
  }
  for (const [file, names] of naming) yield { file, ...(await meaningOf(names, brought, takenBy)) };
}

async function meaningOf(
  names: readonly string[],
  brought: ReadonlyMap<string, readonly Brought[]>,
  takenBy: ReadonlyMap<string, string>,
): Promise<Omit<NamesOfFile, 'file'>> {
  const known = new Map<string, NamedPrompt | { reason: string }>();
  const includes: BundleInclude[] = [];
  for (const [index, name] of names.entries()) {
    if (index % NAMES_A_TURN === 0) await othersTurn();
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
  return { known: Object.fromEntries(known), includes };
}
