import { type KnownPartial, noPartials, type Partials } from '../../convert/handlebars/partials.ts';
import { inferInputs } from '../../language/inputs/infer-inputs.ts';
import { MAX_INCLUDE_DEPTH } from '../../language/limits.ts';
import { parse } from '../../language/parse.ts';
import { TemplateError } from '../../language/template-error.ts';
import type { DocumentPrompt, PromptDocument } from '../document/prompt-document.ts';
import { mayHavePartials, type Outline } from './outline.ts';

/** A dotprompt file of an import. */
export interface DotpromptFile {
  /** With its folders; null where nobody said. */
  readonly name: string | null;
  readonly text: string;
}

/** What was read of a file, and which files it includes, by the references that its prompt writes. */
export interface ReadFile {
  readonly document: PromptDocument;
  readonly includes: readonly { readonly reference: string; readonly file: number }[];
}

/** How files are read, by their places among them: by a worker, where they are long. */
export interface FileReader {
  outline(file: number): Promise<Outline>;
  read(file: number, partials: Partials): Promise<PromptDocument>;
  /** `partialIn` of the text of a file's prompt. */
  partial(content: string): Promise<ReadPartial>;
  /** How the prompt of a file is called; null where it has no name. */
  referenceOf(file: number, prompt: DocumentPrompt): string | null;
}

/** What a text is to those that include it, or why it is no template here. */
export type ReadPartial =
  | Pick<Extract<KnownPartial, { reference: string }>, 'reads' | 'mayBeNumber'>
  | { readonly fault: string };

/** Reads files of one import, of which some may include others: those first that others need, in whatever order they stand. */
export async function readDotpromptFiles(files: readonly DotpromptFile[], reader: FileReader): Promise<ReadFile[]> {
  const find = fileFinder(files);
  const targets: Targets[] = [];
  for (const [file, { text }] of files.entries()) {
    const names = mayHavePartials(text) ? (await reader.outline(file)).names : [];
    targets.push(new Map(names.map((name) => [name, find(name, file)])));
  }
  const reading = new Reading(targets, reader);
  for (const file of files.keys()) await reading.read(file);
  return files.map((_, file) => reading.done.get(file) as ReadFile);
}

/** Which file a name means, or why none. */
type Targets = ReadonlyMap<string, number | string>;

/** The same, and how many files lie in one another from it on. */
type Done = ReadFile & { readonly height: number };

class Reading {
  readonly done = new Map<number, Done>();
  readonly #open = new Set<number>();
  readonly #partials = new Map<number, FoundPartial>();
  readonly #targets: readonly Targets[];
  readonly #included: ReadonlySet<number | string>;
  readonly #reader: FileReader;

  constructor(targets: readonly Targets[], reader: FileReader) {
    this.#targets = targets;
    this.#included = new Set(targets.flatMap((found) => [...found.values()]));
    this.#reader = reader;
  }

  async read(file: number): Promise<void> {
    if (this.done.has(file)) return;
    const targets = this.#targets[file];
    if (targets === undefined || targets.size === 0) {
      const partials = { ...noPartials, areNested: this.#included.has(file) };
      this.done.set(file, { document: await this.#reader.read(file, partials), includes: [], height: 1 });
      return;
    }
    this.#open.add(file);
    const known = new Map<string, KnownPartial>();
    for (const [name, target] of targets) {
      known.set(name, typeof target === 'string' ? { reason: target } : await this.#partial(name, target));
    }
    const includes = [...targets].flatMap(([name, target]) => {
      const partial = known.get(name);
      return typeof target === 'number' && partial !== undefined && 'reference' in partial
        ? [{ reference: partial.reference, file: target }]
        : [];
    });
    const height = 1 + Math.max(0, ...includes.map((include) => this.done.get(include.file)?.height ?? 0));
    const partials = { known: Object.fromEntries(known), areNested: this.#included.has(file) };
    this.done.set(file, { document: await this.#reader.read(file, partials), includes, height });
    this.#open.delete(file);
  }

  async #partial(name: string, file: number): Promise<KnownPartial> {
    if (this.#open.has(file)) return { reason: `"${name}" includes itself, by way of what it includes.` };
    await this.read(file);
    // Many may include it: what it is to them is found out once.
    const found = this.#partials.get(file) ?? (await this.#found(file));
    this.#partials.set(file, found);
    return 'reason' in found ? { reason: found.reason(name) } : found;
  }

  async #found(file: number): Promise<FoundPartial> {
    const { document, height } = this.done.get(file) as Done;
    const [prompt] = document.prompts;
    if (prompt === undefined) return { reason: (name) => `"${name}" is refused itself.` };
    const { obstacle } = await this.#reader.outline(file);
    if (obstacle !== null) return { reason: (name) => `"${name}" ${obstacle}.` };
    if (height > MAX_INCLUDE_DEPTH)
      return { reason: (name) => `with "${name}", more than ${MAX_INCLUDE_DEPTH} prompts lie in one another.` };
    const reference = this.#reader.referenceOf(file, prompt);
    if (reference === null) return { reason: (name) => `"${name}" has no name here.` };
    const read = await this.#reader.partial(prompt.content ?? '');
    if ('fault' in read) return { reason: (name) => `"${name}" is no template here: ${read.fault}.` };
    return { reference, ...read };
  }
}

/** The same under whatever name; a reason quotes the one by which it is asked for. */
type FoundPartial = Extract<KnownPartial, { reference: string }> | { readonly reason: (name: string) => string };

/** What a text is to those that include it. May take the processor for longer than others should wait. */
export function partialIn(content: string): ReadPartial {
  try {
    const template = parse(content);
    const nodes = template.nodes.filter(({ kind }) => kind !== 'comment' && kind !== 'note');
    const [only] = nodes;
    const mayBeNumber = nodes.length === 1 && only?.kind !== 'text' && only?.kind !== 'raw';
    return { reads: Object.keys(inferInputs([template]).properties as object), mayBeNumber };
  } catch (error) {
    if (error instanceof TemplateError) return { fault: error.message };
    throw error;
  }
}

/** A file's name as partials are named: without its ending, and without the `_` that marks a partial. */
interface FileName {
  readonly path: string;
  readonly folder: string;
  readonly isMarked: boolean;
}

function fileNameOf(name: string): FileName {
  const bare = name.replace(/\.prompt$/i, '');
  const slash = bare.lastIndexOf('/') + 1;
  const folder = bare.slice(0, slash);
  const base = bare.slice(slash);
  const isMarked = base.startsWith('_');
  return { path: `${folder}${isMarked ? base.slice(1) : base}`, folder, isMarked };
}

/**
 * Finds the file that a name means: `_card.prompt`, else `card.prompt`, with the folders that the name has; in whatever other
 * folder it lies, but first in that of the file that includes it.
 */
function fileFinder(files: readonly DotpromptFile[]): (name: string, from: number) => number | string {
  const names = files.map(({ name }) => (name === null ? null : fileNameOf(name)));
  const byBase = Map.groupBy(
    names.flatMap((name, file) => (name === null ? [] : [{ ...name, file }])),
    ({ path }) => path.slice(path.lastIndexOf('/') + 1),
  );
  return (name, from) => {
    const folder = names[from]?.folder ?? '';
    const found = (byBase.get(name.slice(name.lastIndexOf('/') + 1)) ?? []).filter(
      ({ path }) => path === name || path.endsWith(`/${name}`),
    );
    const rank = ({ path, isMarked }: FileName) =>
      (isMarked ? 4 : 0) + (path === `${folder}${name}` ? 2 : path === name ? 1 : 0);
    const best = Math.max(...found.map(rank));
    const [only, another] = found.filter((file) => rank(file) === best);
    if (only === undefined) return `no file of this import is called "${name.slice(0, 100)}".`;
    return another === undefined ? only.file : `several files are called "${name.slice(0, 100)}".`;
  };
}
