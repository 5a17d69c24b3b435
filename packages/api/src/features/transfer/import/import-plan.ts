// Which of the caller's prompts a row of an import is, and what is to be done to it.
//
// - A row with a slug is the caller's prompt of that slug. Where an earlier row was that prompt already, it is found like a
//   row without one, and made under a numbered slug where it is not found. What is in the trash holds no slug.
// - A row without a slug is a prompt with just the same content. A prompt is one row's only: two rows with the same content
//   are two prompts, and the same file again finds both.
//
// Of a batch, rows are planned by their slugs first, so that no other row takes a prompt that one of them names.
import type { PromptVisibility } from '@promptory/schemas';
import { otherNames } from '../../../domain/prompts/first-spellings.ts';
import type { NewPrompt } from '../../../domain/prompts/insert-prompts.ts';
import { contentHash, type VersionedContent } from '../../../domain/prompts/versioned-content.ts';
import { refusedSchemas } from './checked-schemas.ts';
import type { Claims, EqualSearch } from './claims.ts';
import type { ImportedPrompt } from './imported-prompt.ts';
import type { SourceRow } from './source-rows.ts';

/** A prompt of the caller's, as far as an import compares it. */
export interface ExistingPrompt {
  readonly id: string;
  readonly slug: string;
  readonly hash: string;
  readonly description: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputSchema: Readonly<Record<string, unknown>> | null;
  readonly outputSchema: Readonly<Record<string, unknown>> | null;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly isTemplate: boolean;
  readonly visibility: PromptVisibility;
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

/** A row that no slug decides. */
export interface Unmatched {
  readonly row: SourceRow;
  readonly outcome: 'unmatched';
  readonly prompt: ImportedPrompt;
  /** The content that the row makes, in hexadecimal SHA-256: what it is found by. */
  readonly hash: string;
}

/** The content that a row makes of nothing. */
export const newContent = (prompt: ImportedPrompt): VersionedContent => ({
  title: prompt.title,
  description: prompt.description ?? '',
  content: prompt.content,
  messages: prompt.messages,
  config: prompt.config ?? {},
  inputSchema: prompt.inputSchema ?? null,
  outputSchema: prompt.outputSchema ?? null,
});

export interface PlanBySlug {
  readonly steps: readonly (Step | Unmatched)[];
  /** The prompts that the rows are by their slugs. */
  readonly claimed: ReadonlySet<string>;
}

/** What the slugs of the rows decide. `named` holds every prompt of the caller's with one of them. */
export function planBySlug(
  rows: readonly SourceRow[],
  named: readonly ExistingPrompt[],
  claims: Pick<Claims, 'hasPrompt' | 'hasSlug'>,
  visibility: PromptVisibility,
): PlanBySlug {
  const bySlug = new Map(named.map((prompt) => [prompt.slug, prompt]));
  const claimed = new Set<string>();
  const slugs = new Set<string>();
  const planned = (row: SourceRow, prompt: ImportedPrompt): Step | Unmatched => {
    const { slug } = prompt;
    const existing = slug === undefined ? undefined : bySlug.get(slug);
    if (existing !== undefined && !claimed.has(existing.id) && !claims.hasPrompt(existing.id)) {
      claimed.add(existing.id);
      return { row, ...planChange(existing, prompt) };
    }
    if (slug === undefined || existing !== undefined || slugs.has(slug) || claims.hasSlug(slug)) {
      return { row, outcome: 'unmatched', prompt, hash: contentHash(newContent(prompt)).toString('hex') };
    }
    slugs.add(slug);
    const reason = refusedSchemas(prompt);
    if (reason !== null) return { row, outcome: 'failed', reason };
    return { row, outcome: 'created', prompt: { ...newPrompt(prompt, visibility), slug: { given: slug } } };
  };
  const steps = rows.map((row): Step | Unmatched =>
    row.prompt === null ? { row, outcome: 'failed', reason: row.fault } : planned(row, row.prompt),
  );
  return { steps, claimed };
}

/** What becomes of the rows that no slug decides. */
export function planByContent(
  steps: PlanBySlug['steps'],
  searches: readonly EqualSearch[],
  visibility: PromptVisibility,
): Step[] {
  const free = new Map(searches.map((search) => [search.hash, search.free.values()]));
  return steps.map((step): Step => {
    if (step.outcome !== 'unmatched') return step;
    const { row, prompt, hash } = step;
    const equal = free.get(hash)?.next().value;
    if (equal !== undefined) {
      return { row, outcome: 'unchanged', promptId: equal, reason: 'A prompt with this content is there already' };
    }
    const reason = refusedSchemas(prompt);
    if (reason !== null) return { row, outcome: 'failed', reason };
    const wanted = prompt.slug === undefined ? {} : { slug: { wanted: prompt.slug } };
    return { row, outcome: 'created', prompt: { ...newPrompt(prompt, visibility), hash, ...wanted } };
  });
}

const newPrompt = (prompt: ImportedPrompt, visibility: PromptVisibility): NewPrompt => ({
  ...newContent(prompt),
  category: prompt.category ?? null,
  tags: prompt.tags ?? [],
  isTemplate: prompt.isTemplate ?? false,
  visibility: prompt.visibility ?? visibility,
});

type Change =
  | { outcome: 'updated'; promptId: string; content: VersionedContent | null; fields: OwnFields }
  | { outcome: 'unchanged'; promptId: string; reason: string }
  | { outcome: 'failed'; reason: string };

function planChange(named: ExistingPrompt, prompt: ImportedPrompt): Change {
  const content: VersionedContent = {
    title: prompt.title,
    description: prompt.description ?? named.description,
    content: prompt.content,
    messages: prompt.messages,
    config: prompt.config ?? named.config,
    inputSchema: prompt.inputSchema === undefined ? named.inputSchema : prompt.inputSchema,
    outputSchema: prompt.outputSchema === undefined ? named.outputSchema : prompt.outputSchema,
  };
  const reason = refusedSchemas(prompt, named);
  if (reason !== null) return { outcome: 'failed', reason };
  const changed = contentHash(content).toString('hex') !== named.hash;
  const fields = changedFields(named, prompt);
  return changed || Object.keys(fields).length > 0
    ? { outcome: 'updated', promptId: named.id, content: changed ? content : null, fields }
    : { outcome: 'unchanged', promptId: named.id, reason: 'The prompt is just like this already' };
}

/** What belongs to a prompt and to no version, where a row says it otherwise. */
export function changedFields(
  named: ExistingPrompt,
  { category, tags, isTemplate, visibility }: ImportedPrompt,
): OwnFields {
  const names = { ...(category === undefined ? {} : { category }), ...(tags === undefined ? {} : { tags }) };
  return {
    ...otherNames(named, names),
    ...(isTemplate === undefined || isTemplate === named.isTemplate ? {} : { isTemplate }),
    ...(visibility === undefined || visibility === named.visibility ? {} : { visibility }),
  };
}
