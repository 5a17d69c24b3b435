import { othersTurn } from '@promptory/db';
import {
  Bundle,
  type BundleGroup,
  BundlePrompt,
  BundleVersion,
  cutTo,
  faultsOf,
  ImportRow,
  MAX_BUNDLE_PROMPTS,
} from '@promptory/schemas';
import type { z } from 'zod';
import type { SignedInContext } from '../../../../context.ts';
import type { OpenedBundle, OpenedPrompt } from '../../../../domain/bundles/opened-bundle.ts';
import { contentHash } from '../../../../domain/prompts/versioned-content.ts';
import { AppError } from '../../../../errors.ts';
import { importedPrompt, rowReason } from '../../import/imported-prompt.ts';
import type { ImportItem, ItemVersion, PromptItem } from '../import-item.ts';

const unreadable = (message: string): AppError => new AppError('import.unreadable', { message });

const MAX_VERSIONS = 10_000;
const Head = BundlePrompt.omit({ versions: true });
type Head = z.infer<typeof Head>;

/** What a bundle holds. */
export interface BundleItems {
  readonly items: readonly Omit<ImportItem, 'row'>[];
  readonly groups: readonly BundleGroup[];
}

/**
 * The prompts and groups of a bundle, once its signature has shown that none of its bytes was changed. Whose key it is does not
 * matter: a bundle of another server is imported as well. It is opened by a worker, and looked at version by version.
 * @throws AppError import.unreadable, server.busy
 */
export async function bundleItems({ workers }: Pick<SignedInContext, 'workers'>, text: string): Promise<BundleItems> {
  const lines = linesOf(await workers.run('openBundle', text));
  const { fault, about, isUnchanged } = lines.next<OpenedBundle>();
  if (fault !== null) throw unreadable(fault);
  const read = Bundle.safeParse({ ...(about as object), prompts: [] });
  if (!read.success) throw unreadable(`The bundle is not whole: ${rowReason(faultsOf(read.error), String)}.`);
  if (!isUnchanged) throw unreadable('The bundle was changed after it was signed.');
  const items: Omit<ImportItem, 'row'>[] = [];
  while (!lines.isAtEnd()) {
    if (items.length === MAX_BUNDLE_PROMPTS) throw unreadable(`A bundle has at most ${MAX_BUNDLE_PROMPTS} prompts.`);
    items.push({ file: null, ...(await bundleItem(lines)) });
  }
  return { items, groups: read.data.groups };
}

/** Values of lines of JSON, one after the other. */
interface Lines {
  next<T = unknown>(): T;
  isAtEnd(): boolean;
}

function linesOf(text: string): Lines {
  let at = 0;
  return {
    next<T>(): T {
      const end = text.indexOf('\n', at);
      const line = text.slice(at, end === -1 ? text.length : end);
      at = end === -1 ? text.length + 1 : end + 1;
      return JSON.parse(line) as T;
    },
    isAtEnd: () => at >= text.length,
  };
}

/** Others have their turn between two versions. */
async function bundleItem(lines: Lines): Promise<Omit<ImportItem, 'row' | 'file'>> {
  const { head, versionCount } = lines.next<OpenedPrompt>();
  const read = Head.safeParse(head);
  const isCounted = versionCount !== null && versionCount > 0 && versionCount <= MAX_VERSIONS;
  let fault = !read.success
    ? rowReason(faultsOf(read.error), String)
    : isCounted
      ? null
      : `versions: There are 1 to ${MAX_VERSIONS}`;
  let title = '';
  const versions: ItemVersion[] = [];
  for (let index = 0; index < (versionCount ?? 0); index++) {
    const line = lines.next();
    title = titleOf(line);
    await othersTurn();
    if (fault !== null || !read.success) continue;
    const version = itemVersion(line, index, read.data);
    if ('fault' in version) fault = version.fault;
    else versions.push(version);
  }
  if (fault !== null || !read.success) return { title, warnings: [], prompt: null, fault };
  const prompt = promptItem(read.data, title, versions);
  return 'fault' in prompt
    ? { title, warnings: [], prompt: null, fault: prompt.fault }
    : { title, warnings: [], prompt, fault: faultOfMoves(prompt) };
}

/** One version, or why it is none. */
function itemVersion(value: unknown, index: number, head: Head): ItemVersion | { readonly fault: string } {
  const read = BundleVersion.safeParse(value);
  if (!read.success) {
    const faults = faultsOf(read.error).map(({ path, message }) => ({ path: ['versions', index, ...path], message }));
    return { fault: rowReason(faults, String) };
  }
  const { version, changeNote, createdAt, author: _, includes = [], contentHash: hash, ...content } = read.data;
  if (version !== index + 1) return { fault: `versions.${index}: Its versions are not 1, 2 and so on` };
  const { slug, category, tags, isTemplate, visibility } = head;
  const kind = content.messages === null ? 'text' : 'chat';
  const own = { slug, category, tags, isTemplate, visibility };
  const prompt = importedPrompt({ ...own, ...content, kind }, (field) => `versions.${index}.${field}`);
  if ('fault' in prompt) return prompt;
  if (contentHash(content).toString('hex') !== hash) return { fault: `versions.${index}: Its hash is another` };
  return { prompt, changeNote, createdAt, includes };
}

function promptItem(
  { id, ref, slug, labels, moves, aliases }: Head,
  title: string,
  versions: readonly ItemVersion[],
): PromptItem | { readonly fault: string } {
  const at = (version: number | null) => (version === null ? null : version <= versions.length ? version - 1 : -1);
  const steps = moves.map(({ movedBy: _, from, to, ...move }) => ({ ...move, from: at(from), to: at(to) }));
  const pointers = labels.map(({ version, ...label }) => ({ ...label, version: at(version) }));
  if ([...steps.flatMap(({ from, to }) => [from, to]), ...pointers.map(({ version }) => version)].includes(-1)) {
    return { fault: 'A label points at a version that is not there' };
  }
  const known = { slug, title, versions, hasHistory: true, goesOn: false, aliases };
  return { ...known, labels: pointers, moves: steps, bundled: { id, ref } };
}

/** Why the history of labels cannot have been one; null where it can. */
function faultOfMoves({ moves, labels }: PromptItem): string | null {
  const now = new Map<string, number | null>();
  let before = '';
  for (const [index, { label, from, to, movedAt }] of moves.entries()) {
    if ((now.get(label) ?? null) !== from || from === to)
      return `moves.${index}: It begins where the label did not point`;
    if (movedAt < before) return `moves.${index}: It is earlier than the move before it`;
    now.set(label, to);
    before = movedAt;
  }
  const given = new Map(labels.map(({ label, version }) => [label, version]));
  const wrong = [...given.keys(), ...now.keys()].find(
    (label) => (now.get(label) ?? null) !== (given.get(label) ?? null),
  );
  return wrong === undefined ? null : `The label "${wrong}" does not point where its last move led`;
}

function titleOf(version: unknown): string {
  const title = typeof version === 'object' && version !== null && 'title' in version ? version.title : null;
  return typeof title === 'string' ? cutTo(ImportRow.shape.title, title) : '';
}
