import type { Before, ImportProgress, ImportRow, ImportSummary } from '../calls.ts';
import { chosenText } from './chosen-text.ts';
import type { NamedFile } from './dropped.ts';

/** What is imported in one: a file, or several that may include one another. */
export interface Source {
  readonly key: string;
  readonly files: readonly NamedFile[];
  readonly state: 'checking' | 'checked' | 'importing' | 'imported';
  /** Of the dry run, and then of the import: only what was chosen. */
  readonly rows: readonly ImportRow[];
  readonly progress: ImportProgress | null;
  readonly summary: ImportSummary | null;
  /** Why it could not be read, or not to its end. */
  readonly error: unknown;
  /** What is not to be imported, by `choiceOf`. */
  readonly left: ReadonlySet<string>;
  /** Those of its prompts that were there before, as they were. */
  readonly before: readonly Before[];
}

export const newSource = (files: readonly NamedFile[]): Source => ({
  key: crypto.randomUUID(),
  files,
  ...{ state: 'checking', rows: [], progress: null, summary: null, error: null },
  ...{ left: new Set<string>(), before: [] },
});

export const sourceName = ({ files: [first, ...others] }: Source): string =>
  others.length === 0 ? (first?.name ?? '') : `${others.length + 1} files`;

/** How its prompts are chosen: one by one in a table, by the file where there are several, else all or none. */
export function choiceIn({ files, summary }: Source): 'row' | 'file' | 'all' {
  if (files.length > 1) return 'file';
  return summary?.file.format === 'csv' || summary?.file.format === 'json' ? 'row' : 'all';
}

const ALL = '';

/** By which name a row is chosen or left. */
export function choiceOf(source: Source, { row, file }: ImportRow): string {
  const by = choiceIn(source);
  return by === 'row' ? String(row) : by === 'file' ? (file ?? ALL) : ALL;
}

/** Whether it would change anything. */
export const isNew = ({ outcome }: ImportRow): boolean => outcome === 'created' || outcome === 'updated';

export const chosenRows = (source: Source): readonly ImportRow[] =>
  source.rows.filter((row) => isNew(row) && !source.left.has(choiceOf(source, row)));

/** What is sent of it. */
export interface Sent {
  readonly file: Blob;
  readonly type: 'text/plain' | 'text/csv' | 'application/json';
  readonly name?: string;
}

const nameOf = (name: string) => name.slice(-200);

/** All of it. */
export async function whole(files: readonly NamedFile[]): Promise<Sent> {
  const [first, ...others] = files;
  // What it is, its text and its name show.
  if (first !== undefined && others.length === 0)
    return { file: first.file, type: 'text/plain', name: nameOf(first.name) };
  const lines: string[] = [];
  for (const { name, file } of files) {
    lines.push(JSON.stringify({ type: 'file', name: nameOf(name), content: await file.text() }));
  }
  return { file: new Blob([lines.join('\n')]), type: 'application/json' };
}

/** Nobody can choose among rows that are not found here as the server reads them. */
export class RowsNotFound extends Error {}

/** What is chosen of it. @throws RowsNotFound */
export async function chosen(source: Source): Promise<Sent> {
  const { files, left, summary } = source;
  if (left.size === 0 || summary === null) return whole(files);
  if (choiceIn(source) === 'file') return whole(files.filter(({ name }) => !left.has(nameOf(name))));
  const [first] = files;
  const { format, encoding } = summary.file;
  if (first === undefined || (format !== 'csv' && format !== 'json')) throw new RowsNotFound();
  const text = new TextDecoder(encoding).decode(await first.file.arrayBuffer());
  const rows = chosenText(text, format, summary.rows, (row) => !left.has(String(row)));
  if (rows === null) throw new RowsNotFound();
  return { file: new Blob([rows]), type: format === 'csv' ? 'text/csv' : 'application/json' };
}
