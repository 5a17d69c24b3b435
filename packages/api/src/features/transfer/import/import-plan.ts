// Which of the caller's prompts a row of an import is, and what is to be done to it.
//
// - A row with a slug is the caller's prompt of that slug. Where an earlier row was that prompt already, or the slug lies
//   in the trash, it is found like a row without one, and made under a numbered slug where it is not found.
// - A row without a slug is a prompt with just the same content. A prompt is one row's only: two rows with the same content
//   are two prompts, and the same file again finds both.
import type { PromptVisibility } from '@promptory/schemas';
import type { NewPrompt } from '../../../domain/prompts/insert-prompts.ts';
import { contentHash, type VersionedContent } from '../../../domain/prompts/versioned-content.ts';
import type { ImportedPrompt } from './imported-prompt.ts';
import type { SourceRow } from './source-rows.ts';

/** A prompt of the caller's, as far as an import compares it. */
export interface ExistingPrompt {
  readonly id: string;
  readonly slug: string;
  readonly hash: string;
  readonly inTrash: boolean;
  readonly description: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputSchema: Readonly<Record<string, unknown>> | null;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly isTemplate: boolean;
  readonly visibility: PromptVisibility;
}

/** What the rows before have made use of. */
export interface Claims {
  readonly promptIds: ReadonlySet<string>;
  readonly slugs: ReadonlySet<string>;
}

export interface OwnFields {
  readonly category?: string | null;
  readonly tags?: readonly string[];
  readonly isTemplate?: boolean;
  readonly visibility?: PromptVisibility;
}

export type Step = { readonly row: SourceRow } & (
  | { readonly outcome: 'created'; readonly prompt: NewPrompt }
  | {
      readonly outcome: 'updated';
      readonly promptId: string;
      /** Null where the content stays. */
      readonly content: VersionedContent | null;
      readonly fields: OwnFields;
    }
  | { readonly outcome: 'unchanged'; readonly promptId: string; readonly reason: string }
  | { readonly outcome: 'failed'; readonly reason: string }
);

/** The content that a row makes, in hexadecimal SHA-256: what it is found by. */
export const hashOf = (prompt: ImportedPrompt): string => contentHash(newContent(prompt)).toString('hex');

const newContent = (prompt: ImportedPrompt): VersionedContent => ({
  title: prompt.title,
  description: prompt.description ?? '',
  content: prompt.content,
  messages: prompt.messages,
  config: prompt.config ?? {},
  inputSchema: prompt.inputSchema ?? null,
});

/** `existing` holds every prompt of the caller's with the slug or the content of one of the rows, the oldest first. */
export function planImport(
  rows: readonly SourceRow[],
  existing: readonly ExistingPrompt[],
  claims: Claims,
  visibility: PromptVisibility,
): Step[] {
  const promptIds = new Set(claims.promptIds);
  const slugs = new Set(claims.slugs);
  const bySlug = new Map(existing.map((prompt) => [prompt.slug, prompt]));
  const byHash = Map.groupBy(
    existing.filter((prompt) => !prompt.inTrash && !promptIds.has(prompt.id)),
    (prompt) => prompt.hash,
  );

  const planPrompt = (row: SourceRow, prompt: ImportedPrompt): Step => {
    const { slug } = prompt;
    const named = slug === undefined ? undefined : bySlug.get(slug);
    if (named !== undefined && !named.inTrash && !promptIds.has(named.id)) {
      promptIds.add(named.id);
      return { row, ...planChange(named, prompt) };
    }
    const hash = hashOf(prompt);
    const equal = byHash.get(hash)?.find((other) => !promptIds.has(other.id));
    if (equal !== undefined && (slug === undefined || named !== undefined || slugs.has(slug))) {
      promptIds.add(equal.id);
      return { row, outcome: 'unchanged', promptId: equal.id, reason: 'A prompt with this content is there already' };
    }
    const free = slug !== undefined && named === undefined && !slugs.has(slug);
    if (slug !== undefined) slugs.add(slug);
    return {
      row,
      outcome: 'created',
      prompt: {
        ...newContent(prompt),
        category: prompt.category ?? null,
        tags: prompt.tags ?? [],
        isTemplate: prompt.isTemplate ?? false,
        visibility: prompt.visibility ?? visibility,
        ...(slug === undefined ? {} : { slug: free ? { given: slug } : { wanted: slug } }),
      },
    };
  };

  return rows.map((row) =>
    row.prompt === null ? { row, outcome: 'failed', reason: row.fault } : planPrompt(row, row.prompt),
  );
}

type Change =
  | { outcome: 'updated'; promptId: string; content: VersionedContent | null; fields: OwnFields }
  | { outcome: 'unchanged'; promptId: string; reason: string };

function planChange(named: ExistingPrompt, prompt: ImportedPrompt): Change {
  const content: VersionedContent = {
    title: prompt.title,
    description: prompt.description ?? named.description,
    content: prompt.content,
    messages: prompt.messages,
    config: prompt.config ?? named.config,
    inputSchema: prompt.inputSchema === undefined ? named.inputSchema : prompt.inputSchema,
  };
  const changed = contentHash(content).toString('hex') !== named.hash;
  const fields = changedFields(named, prompt);
  return changed || Object.keys(fields).length > 0
    ? { outcome: 'updated', promptId: named.id, content: changed ? content : null, fields }
    : { outcome: 'unchanged', promptId: named.id, reason: 'The prompt is just like this already' };
}

const isSameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.size === other.size && [...one].every((item) => other.has(item));

function changedFields(named: ExistingPrompt, { category, tags, isTemplate, visibility }: ImportedPrompt): OwnFields {
  const sameTags = tags === undefined || isSameSet(new Set(tags), new Set(named.tags));
  return {
    ...(category === undefined || category === named.category ? {} : { category }),
    ...(sameTags ? {} : { tags }),
    ...(isTemplate === undefined || isTemplate === named.isTemplate ? {} : { isTemplate }),
    ...(visibility === undefined || visibility === named.visibility ? {} : { visibility }),
  };
}
