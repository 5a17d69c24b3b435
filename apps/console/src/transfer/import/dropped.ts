/** A file as it is imported: by its path, where a folder was dropped. */
export interface NamedFile {
  readonly name: string;
  readonly file: File;
}

/** What stands for itself: tables, and JSON of prompts. All else may be included by another file, and goes together. */
const STANDS_ALONE = /\.(?:csv|tsv|json|jsonl|ndjson)$/i;

/** Which files are imported in one: a table alone, files that may include one another together. */
export function together(files: readonly NamedFile[]): readonly (readonly NamedFile[])[] {
  const alone = files.filter(({ name }) => STANDS_ALONE.test(name));
  const others = files.filter(({ name }) => !STANDS_ALONE.test(name));
  return [...alone.map((file) => [file]), ...(others.length === 0 ? [] : [others])];
}

export const chosenFiles = (files: FileList | null): readonly NamedFile[] =>
  [...(files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file }));

/** What was dropped, with all that folders hold. What a system hides, such as `.DS_Store`, is left out. */
export async function droppedFiles(data: DataTransfer): Promise<readonly NamedFile[]> {
  // Taken at once: behind the first wait the browser has forgotten them.
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return chosenFiles(data.files);
  return (await Promise.all(entries.map(filesOf))).flat();
}

async function filesOf(entry: FileSystemEntry): Promise<readonly NamedFile[]> {
  if (entry.name.startsWith('.')) return [];
  if (entry.isDirectory) {
    const children = await childrenOf((entry as FileSystemDirectoryEntry).createReader());
    return (await Promise.all(children.map(filesOf))).flat();
  }
  const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
  return [{ name: entry.fullPath.replace(/^\//, ''), file }];
}

/** A browser hands out a hundred at once. */
async function childrenOf(reader: FileSystemDirectoryReader): Promise<readonly FileSystemEntry[]> {
  const found = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
  return found.length === 0 ? [] : [...found, ...(await childrenOf(reader))];
}
