import { othersTurn } from '@promptory/db';
import {
  type BundleGroup,
  cutTo,
  ImportRow,
  ImportWarning,
  LATEST,
  Label,
  MAX_IMPORT_WARNINGS,
  VersionSummary,
} from '@promptory/schemas';
import { type DocumentNote, type DocumentPrompt, nameWithoutEnding } from '@promptory/template';
import type { SignedInContext } from '../../../../context.ts';
import { AppError } from '../../../../errors.ts';
import { importedPrompt } from '../../import/imported-prompt.ts';
import type { RunningImport } from '../../import/running-import.ts';
import { bundleItems } from '../bundle/bundle-items.ts';
import type { BundleInclude, ImportItem, ItemLabel, ItemVersion, PromptItem, ReadItems } from '../import-item.ts';
import { slugOfName } from './item-slug.ts';
import { idWithin, nameOf, type PromptFile, type ReadDocument } from './prompt-file.ts';
import { type CountVersions, isJson, readDocuments } from './read-documents.ts';
import type { SentFile } from './sent-files.ts';

/** Characters of a file that holds one prompt: more than one with every field at its limit takes. */
const MAX_PROMPT_FILE = 1_048_576;

/** Prompts, each version counted, that one import of files writes in its one transaction: some seconds' work. */
export const MAX_FILE_VERSIONS = 5_000;

/** How often it is said that an import still runs, in milliseconds: well within the time after which it would count no more. */
const GO_ON_MS = 30_000;

type Unnumbered = Omit<ImportItem, 'row'>;

/**
 * The prompts of files, each with what is to be said of it. Nothing is written yet.
 * @throws AppError import.unreadable where they are more than one transaction takes, server.busy, request.aborted
 */
export async function readItems(
  ctx: SignedInContext,
  files: readonly SentFile[],
  running: Running,
): Promise<ReadItems> {
  const items: Unnumbered[] = [];
  const groups: BundleGroup[] = [];
  const count = versionCounter(ctx, running);
  const documents = await documentsOf(ctx, files, count);
  for (const file of files) {
    const { name, text, format } = file;
    const shown = files.length > 1 ? name : null;
    const read = documents.get(file);
    const fault = faultOf(file);
    if (fault !== null) items.push(failed(shown, name ?? '', fault));
    else if (format === 'bundle') {
      const bundle = await bundleItems(ctx, text);
      await count(bundle.items.reduce((sum, { prompt }) => sum + (prompt?.versions.length ?? 1), 0));
      groups.push(...bundle.groups);
      items.push(...bundle.items.map((item) => ({ ...item, file: shown })));
    } else if (read) items.push(...(await documentItems(read, name, shown)));
    else items.push(failed(shown, name ?? '', 'It holds more than any prompt.'));
  }
  return { items: items.map((item, index) => ({ row: index + 1, ...item })), groups };
}

/** Null of a file that holds more than any prompt; none of a bundle, and of what is not read. */
async function documentsOf(
  ctx: SignedInContext,
  files: readonly SentFile[],
  count: CountVersions,
): Promise<ReadonlyMap<SentFile, ReadDocument | null>> {
  const read = files.filter((file): file is PromptFile => file.format !== 'bundle' && faultOf(file) === null);
  const documents = await readDocuments(ctx, read, count);
  return new Map(read.map((file, index) => [file, documents[index] ?? null]));
}

type Running = Pick<RunningImport, 'goOn' | 'requireCaller'>;

/** Counts versions that were read, and sees that somebody waits for more. @throws AppError import.unreadable, request.aborted */
function versionCounter({ clock }: Pick<SignedInContext, 'clock'>, running: Running): CountVersions {
  let all = 0;
  let saidAt = clock.now().getTime();
  return async (versions) => {
    running.requireCaller();
    all += versions;
    if (all > MAX_FILE_VERSIONS) {
      throw new AppError('import.unreadable', {
        message: `The files have more than ${MAX_FILE_VERSIONS} prompts and versions: import them in parts.`,
      });
    }
    if (clock.now().getTime() - saidAt < GO_ON_MS) return;
    saidAt = clock.now().getTime();
    await running.goOn();
  };
}

/** What takes more to read than any prompt is worth. */
function faultOf({ text, format }: SentFile): string | null {
  if (format === null) return 'Neither its text nor its name shows of what format it is.';
  if (format === 'bundle') return null;
  return !isJson(text) && text.length > MAX_PROMPT_FILE ? `It is longer than ${MAX_PROMPT_FILE} characters.` : null;
}

const failed = (file: string | null, title: string, fault: string): Unnumbered => ({
  file,
  title: cutTo(ImportRow.shape.title, title),
  warnings: [],
  prompt: null,
  fault,
});

/** Versions of one name are those of one prompt. */
async function documentItems(read: ReadDocument, name: string | null, file: string | null): Promise<Unnumbered[]> {
  const { prompts, places, warnings, refusals } = read.document;
  const bare = name === null ? null : nameWithoutEnding(name);
  const warningsAt = Map.groupBy(warnings, ({ prompt }) => prompt);
  const known = new Map(read.includes.map((include) => [include.name, include]));
  const groups = Map.groupBy(
    prompts.map((prompt, index) => ({ prompt, place: places[index] ?? 0 })),
    ({ prompt, place }) => (prompt.version === null ? place : (prompt.name ?? '')),
  );
  const items: { place: number; item: Unnumbered }[] = [];
  for (const group of groups.values()) {
    const sorted = group.toSorted((one, other) => (one.prompt.version ?? 0) - (other.prompt.version ?? 0));
    const own = group.map(({ place }) => place).sort((one, other) => one - other);
    const said = own.flatMap((place) => warningsAt.get(place) ?? []).slice(0, MAX_IMPORT_WARNINGS);
    const versions = sorted.map(({ prompt }) => prompt);
    const about = { place: read.place, known };
    const item = { file, ...(await promptItem(about, versions, name, said.map(warningOf))) };
    items.push({ place: own[0] ?? 0, item });
  }
  const refused = refusals.map((note) => ({
    place: note.prompt ?? -1,
    item: failed(file, bare ?? '', sentenceOf(note)),
  }));
  return [...items, ...refused].toSorted((one, other) => one.place - other.place).map(({ item }) => item);
}

/** A file of prompts among those of its import, and what its texts include by name. */
interface ItemFile {
  readonly place: number;
  readonly known: ReadonlyMap<string, BundleInclude>;
}

/** Others have their turn between two versions. */
async function promptItem(
  { place, known }: ItemFile,
  documents: readonly DocumentPrompt[],
  file: string | null,
  warnings: ImportWarning[],
): Promise<Omit<Unnumbered, 'file'>> {
  const [first] = documents;
  const named = nameOf(first, file);
  const title = cutTo(ImportRow.shape.title, first?.title ?? named.split('/').at(-1) ?? named);
  const about = { title, warnings };
  const refusal = (fault: string) => ({ ...about, prompt: null, fault });
  if (named === '') return refusal('It has no name: say the name of its file.');
  const slug = slugOfName(named);
  const warn = (message: string) => about.warnings.push({ message, within: null, line: 1, column: 1 });
  if (slug !== named) warn(`"${shown(named)}" is called "${slug}" here.`);
  const versions: (ItemVersion & Required<Pick<ItemVersion, 'includes'>>)[] = [];
  for (const document of documents) {
    await othersTurn();
    const prompt = importedPrompt(fieldsOf(document, slug, title), (field) => field);
    if ('fault' in prompt) return refusal(prompt.fault);
    const { changeNote } = document;
    const note = changeNote === null ? null : cutTo(VersionSummary.shape.changeNote, changeNote);
    versions.push({ prompt, changeNote: note, createdAt: null, includes: includesOf(document, known) });
  }
  const numbered = documents.filter(({ version }) => version !== null);
  for (const [index, { version }] of documents.entries()) {
    if (version !== null && version !== index + 1)
      warn(`Version ${version} there is version ${index + 1} of this file.`);
  }
  const item: PromptItem = {
    slug,
    title,
    versions,
    hasHistory: numbered.length > 0,
    goesOn: numbered.length > 0,
    calledAs: named,
    labels: labelsOf(documents, warn),
    moves: [],
    aliases: [...new Set(documents.flatMap(({ aliases }) => aliases))],
    // Versions of one name are told apart by it, and a file without them is one prompt.
    bundled: { id: idWithin(place, numbered.length > 0 ? (first?.name ?? null) : null), ref: '' },
    needs: numbered.length > 0 ? [] : versions.flatMap((version) => version.includes.map(({ promptId }) => promptId)),
  };
  return { ...about, prompt: item, fault: null };
}

/** Those of the known references that a prompt writes, as its reader has written them. */
function includesOf(
  { content, messages }: DocumentPrompt,
  known: ReadonlyMap<string, BundleInclude>,
): readonly BundleInclude[] {
  if (known.size === 0) return [];
  const text = messages === null ? (content ?? '') : JSON.stringify(messages);
  return Array.from(text.matchAll(/\{% render \\?"([^"\\]{1,400})/g), ([, name = '']) => known.get(name) ?? []).flat();
}

/** As a row of a table would have them. Tags are the prompt's own, so that those of the last version hold. */
const fieldsOf = (document: DocumentPrompt, slug: string, title: string) => ({
  slug,
  title: document.title ?? title,
  ...(document.messages === null ? { content: document.content ?? '' } : { messages: document.messages }),
  kind: document.messages === null ? 'text' : 'chat',
  description: document.description ?? '',
  tags: document.tags.length === 0 ? undefined : document.tags,
  config: document.config,
  inputSchema: document.inputSchema,
  outputSchema: document.outputSchema,
});

function labelsOf(documents: readonly DocumentPrompt[], warn: (message: string) => void): ItemLabel[] {
  const labels = new Map<string, number>();
  for (const [version, document] of documents.entries()) {
    for (const label of document.labels) {
      if (label === LATEST) {
        if (version < documents.length - 1) warn('What is latest there is not the latest here.');
      } else if (!Label.safeParse(label).success) warn(`"${shown(label)}" cannot be a label here.`);
      else if (labels.has(label)) warn(`The label "${label}" stands at several versions: the last one has it here.`);
      if (label !== LATEST && Label.safeParse(label).success) labels.set(label, version);
    }
  }
  return [...labels].map(([label, version]) => ({ label, version, isProtected: false }));
}

/** A name as a sentence says it. */
const shown = (name: string): string => cutTo(ImportRow.shape.title, name);

const warningOf = ({ message, within, line, column }: DocumentNote): ImportWarning => ({
  message: cutTo(ImportWarning.shape.message, message),
  within: within === null ? null : cutTo(ImportWarning.shape.within, within),
  line,
  column,
});

/** A refusal with its place, as a reason. */
function sentenceOf({ message, within, line, column }: DocumentNote): string {
  const place = within === null ? '' : `${within}, `;
  return cutTo(ImportRow.shape.reason, `At ${place}line ${line}, column ${column}: ${message}`);
}
