import { lstat, mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { writeAtomically } from '../account/write-atomically.ts';
import { ExitCode, Failure } from '../failure.ts';
import { FileFault, type PromptFields, readPromptFile } from './prompt-file.ts';

export const EXTENSION = '.prompt.md';
const MAX_FILES = 10_000;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_SLUG_LENGTH = 150;
const SLUG = /^[a-z0-9][a-z0-9_-]*(?:\/[a-z0-9][a-z0-9_-]*)*$/;
/** Names that Windows keeps for devices, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

const isSlug = (text: string): boolean => text.length <= MAX_SLUG_LENGTH && SLUG.test(text);

/** The prompts of a folder by their slugs, and what is wrong with other files that are meant to be some. */
export interface PromptFolder {
  readonly prompts: ReadonlyMap<string, PromptFields>;
  /** Of each a sentence, by its path from the folder. */
  readonly faults: ReadonlyMap<string, string>;
}

/** Reads `*.prompt.md` at any depth. Links are followed nowhere; folders that begin with a dot, and `node_modules`, are left out. */
export async function readFolder(root: string, most = MAX_FILES): Promise<PromptFolder> {
  const prompts = new Map<string, PromptFields>();
  const faults = new Map<string, string>();
  const open = [root];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const entry of await entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') open.push(path);
      if (entry.isDirectory() || !entry.name.endsWith(EXTENSION)) continue;
      if (prompts.size + faults.size === most)
        throw new Failure(
          ExitCode.refused,
          `A folder holds at most ${most} prompts: divide it, and name each with --folder.`,
        );
      const shown = relative(root, path).split(sep).join('/');
      const slug = shown.slice(0, -EXTENSION.length);
      const fault = entry.isFile() ? slugFault(slug) : 'It is no plain file.';
      if (fault !== null) faults.set(shown, fault);
      else await readInto(path, slug, prompts).catch((error) => faults.set(shown, faultText(error)));
    }
  }
  return { prompts, faults };
}

async function readInto(path: string, slug: string, prompts: Map<string, PromptFields>): Promise<void> {
  if ((await lstat(path)).size > MAX_BYTES) throw new FileFault('It is larger than any prompt.');
  prompts.set(slug, readPromptFile(await readFile(path)));
}

function faultText(error: unknown): string {
  if (!(error instanceof FileFault)) throw error;
  return `Line ${error.line}: ${error.message}`;
}

const entriesOf = (folder: string) =>
  readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });

const slugFault = (slug: string): string | null =>
  isSlug(slug) ? null : 'Its path is no slug: lower-case letters, digits, "-" and "_".';

/**
 * Writes a prompt where its slug says, and nowhere else: never through a link, nor over a file whose name differs in case alone.
 *
 * @throws FileFault where the file system has no place for it
 */
export async function writePrompt(root: string, slug: string, text: string, platform: NodeJS.Platform): Promise<void> {
  if (!isSlug(slug)) throw new FileFault('The server names it by no slug, so it is written nowhere.');
  const parts = slug.split('/');
  if (parts.slice(0, -1).includes('node_modules'))
    throw new FileFault('It would lie in a folder `node_modules`, in which no prompt is looked for.');
  if (platform === 'win32' && parts.some((part) => DEVICE.test(part)))
    throw new FileFault('Windows keeps its name for a device.');
  let folder = root;
  await mkdir(root, { recursive: true });
  for (const [at, part] of parts.entries()) {
    const isFile = at === parts.length - 1;
    const name = isFile ? `${part}${EXTENSION}` : part;
    const present = (await entriesOf(folder)).find((entry) => entry.name.toLowerCase() === name);
    if (present !== undefined && present.name !== name)
      throw new FileFault(`There is ${present.name}, which differs in case alone.`);
    if (present !== undefined && !(isFile ? present.isFile() : present.isDirectory())) {
      throw new FileFault(
        `${join(relative(root, folder), name)} is there, and is no ${isFile ? 'plain file' : 'folder'}.`,
      );
    }
    folder = join(folder, name);
    if (!isFile && present === undefined) await mkdir(folder);
  }
  await writeAtomically(folder, text);
}

/** Removes the file of a prompt, and the folders that are empty then. */
export async function removePrompt(root: string, slug: string): Promise<void> {
  const file = join(root, `${slug}${EXTENSION}`);
  await rm(file, { force: true });
  for (let folder = dirname(file); folder !== root; folder = dirname(folder)) {
    const isRemoved = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}
