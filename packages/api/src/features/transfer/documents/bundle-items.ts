import { Bundle, BundlePrompt, faultsOf } from '@promptory/schemas';
import { isUnchanged } from '../../../domain/bundles/bundle-signature.ts';
import { contentHash } from '../../../domain/prompts/versioned-content.ts';
import { AppError } from '../../../errors.ts';
import { JsonFault, parseBoundedJson } from '../formats/bounded-json.ts';
import { importedPrompt, rowReason } from '../import/imported-prompt.ts';
import type { ImportItem, ItemVersion, PromptItem } from './import-item.ts';

const unreadable = (message: string): AppError => new AppError('import.unreadable', { message });

/**
 * The prompts of a bundle, once its signature has shown that none of its bytes was changed. Whose key it is does not matter: a
 * bundle of another server is imported as well.
 * @throws AppError import.unreadable
 */
export async function bundleItems(text: string): Promise<Omit<ImportItem, 'row'>[]> {
  const value = parsed(text);
  const read = Bundle.safeParse(value);
  if (!read.success) throw unreadable(`The bundle is not whole: ${rowReason(faultsOf(read.error), String)}.`);
  if (!isUnchanged(text, value as object, read.data.signature)) {
    throw unreadable('The bundle was changed after it was signed.');
  }
  const items: Omit<ImportItem, 'row'>[] = [];
  for (const prompt of read.data.prompts) {
    items.push({ file: null, ...bundleItem(prompt) });
    // Others have their turn between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return items;
}

function parsed(text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch (error) {
    if (error instanceof JsonFault) throw unreadable(`The bundle is ${error.message}.`);
    throw error;
  }
}

function bundleItem(value: unknown): Omit<ImportItem, 'row' | 'file'> {
  const title = titleOf(value);
  const refusal = (fault: string) => ({ title, warnings: [], prompt: null, fault });
  const read = BundlePrompt.safeParse(value);
  if (!read.success) return refusal(rowReason(faultsOf(read.error), String));
  const { slug, labels, moves, aliases, versions, category, tags, isTemplate, visibility } = read.data;
  const numbers = new Map(versions.map(({ version }, index) => [version, index]));
  const items: ItemVersion[] = [];
  for (const [
    index,
    { version, changeNote, createdAt, author: _, includes: _includes, contentHash: hash, ...content },
  ] of versions.entries()) {
    if (version !== index + 1) return refusal(`versions.${index}: Its versions are not 1, 2 and so on`);
    const own = { slug, category, tags, isTemplate, visibility };
    const kind = content.messages === null ? 'text' : 'chat';
    const prompt = importedPrompt({ ...own, ...content, kind }, (field) => `versions.${index}.${field}`);
    if ('fault' in prompt) return refusal(prompt.fault);
    if (contentHash(content).toString('hex') !== hash) return refusal(`versions.${index}: Its hash is another`);
    items.push({ prompt, changeNote, createdAt });
  }
  const at = (version: number | null) => (version === null ? null : (numbers.get(version) ?? -1));
  const steps = moves.map(({ movedBy: _, from, to, ...move }) => ({ ...move, from: at(from), to: at(to) }));
  const pointers = labels.map(({ version, ...label }) => ({ ...label, version: at(version) }));
  if ([...steps.flatMap(({ from, to }) => [from, to]), ...pointers.map(({ version }) => version)].includes(-1)) {
    return refusal('A label points at a version that is not there');
  }
  const prompt: PromptItem = {
    slug,
    title,
    versions: items,
    hasHistory: true,
    goesOn: false,
    labels: pointers,
    moves: steps,
    aliases,
  };
  return { title, warnings: [], prompt, fault: faultOfMoves(prompt) };
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

function titleOf(value: unknown): string {
  const versions = typeof value === 'object' && value !== null && 'versions' in value ? value.versions : null;
  const last: unknown = Array.isArray(versions) ? versions.at(-1) : null;
  const title = typeof last === 'object' && last !== null && 'title' in last ? last.title : null;
  return typeof title === 'string' ? title.slice(0, 200).toWellFormed() : '';
}
