import type { PromptVersion } from '@promptory/client';
import type { CurrentPrompt } from '../calls.ts';
import type { Version } from '../language/questions.ts';
import { type DraftMessage, draftMessage, keptMessage, savedMessage } from './messages/draft-message.ts';
import { readTypedObject, writtenJson } from './typed-json.ts';

/** What a version holds that is edited. */
type PromptContent = Pick<
  PromptVersion,
  'title' | 'description' | 'content' | 'messages' | 'inputSchema' | 'outputSchema' | 'config'
>;

/** A prompt as it is edited: all of it as somebody types it. */
export interface Draft {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  /** With commas between them. */
  readonly tags: string;
  readonly content: string;
  /** Null for one text. */
  readonly messages: readonly DraftMessage[] | null;
  /** What its author declares of the inputs, as JSON; empty where that is nothing. */
  readonly inputSchema: string;
  /** The schema of the answer, as JSON; empty for text. */
  readonly outputSchema: string;
  /** As JSON; empty for none. */
  readonly config: string;
  readonly changeNote: string;
  /** Empty for a new prompt whose title makes it. */
  readonly slug: string;
  readonly visibility: CurrentPrompt['visibility'];
  readonly isTemplate: boolean;
}

export const emptyDraft: Draft = {
  title: '',
  description: '',
  category: '',
  tags: '',
  content: '',
  messages: null,
  inputSchema: '',
  outputSchema: '',
  config: '',
  changeNote: '',
  slug: '',
  visibility: 'private',
  isTemplate: false,
};

/** What a prompt is filed under, which belongs to no version. */
type Filed = Pick<CurrentPrompt, 'category' | 'tags' | 'slug' | 'visibility' | 'isTemplate'>;

/** A version as it is edited, filed as the prompt is now. */
export const draftOfVersion = (
  { category, tags, slug, visibility, isTemplate }: Filed,
  version: PromptContent,
): Draft => draftOf({ ...version, category, tags, slug, visibility, isTemplate });

export const draftOf = (prompt: PromptContent & Filed): Draft => ({
  title: prompt.title,
  description: prompt.description,
  category: prompt.category ?? '',
  tags: prompt.tags.join(', '),
  content: prompt.content,
  messages: prompt.messages?.map(draftMessage) ?? null,
  inputSchema: writtenJson(prompt.inputSchema),
  outputSchema: writtenJson(prompt.outputSchema),
  config: Object.keys(prompt.config).length === 0 ? '' : writtenJson(prompt.config),
  changeNote: '',
  slug: prompt.slug,
  visibility: prompt.visibility,
  isTemplate: prompt.isTemplate,
});

/** A draft as a version of a prompt. @throws SyntaxError where something is to be JSON and is none, or cannot be kept as it is typed */
export function contentOf(draft: Draft) {
  const { title, description, content, messages, inputSchema, outputSchema, config } = draft;
  return {
    title,
    description,
    ...(messages === null
      ? { kind: 'text' as const, content }
      : { kind: 'chat' as const, messages: messages.map(savedMessage) }),
    inputSchema: readTypedObject('The declared inputs', inputSchema),
    outputSchema: readTypedObject('The declared answer', outputSchema),
    config: readTypedObject('The config', config) ?? {},
  };
}

/** The same for the prompt language. @throws SyntaxError as `contentOf` does */
export function typedVersion(draft: Draft): Version {
  const { kind: _, ...written } = contentOf(draft);
  return { content: '', messages: null, ...written };
}

/**
 * What is sent to save a draft. Documents that are as they were are not: a browser reads names that are numbers in another order.
 *
 * @param latest what the prompt is now; null for a new one
 * @throws SyntaxError as `contentOf` does
 */
export function savedDraft(draft: Draft, latest: Draft | null) {
  const { category, tags, changeNote, slug, visibility, isTemplate } = draft;
  const { inputSchema, outputSchema, config, title, description, ...text } = contentOf(draft);
  const isOther = (name: keyof Draft): boolean => draft[name] !== latest?.[name];
  const isSameChat = draft.messages !== null && latest !== null && isSameText(draft, latest);
  return {
    title,
    description,
    ...(!isSameChat && text),
    ...(isOther('inputSchema') && { inputSchema }),
    ...(isOther('outputSchema') && { outputSchema }),
    ...(isOther('config') && { config }),
    category: category.trim() === '' ? null : category,
    tags: tags.split(',').flatMap((tag) => tag.trim() || []),
    ...(isOther('slug') && slug.trim() !== '' && { slug: slug.trim() }),
    ...(isOther('visibility') && { visibility }),
    ...(isOther('isTemplate') && { isTemplate }),
    ...(changeNote.trim() === '' ? {} : { changeNote }),
  };
}

/** Whether two drafts would be saved as the same. */
export const isSameDraft = (one: Draft, other: Draft): boolean => textOf(one) === textOf(other);

/** Whether two drafts have the same text, or the same messages. */
export const isSameText = (one: Draft, other: Draft): boolean => {
  const texts = [one, other].map(({ content, messages }) =>
    textOf({ ...emptyDraft, content: messages === null ? content : '', messages }),
  );
  return texts[0] === texts[1];
};

/** Whether saving the one makes no other version than the other: what a prompt is filed under belongs to none. */
export const isSameVersion = (one: Draft, other: Draft): boolean => {
  const { category, tags, slug, visibility, isTemplate, changeNote } = one;
  return isSameDraft(one, { ...other, category, tags, slug, visibility, isTemplate, changeNote });
};

/** What this browser has kept of a draft. What an earlier console has kept may lack what this one knows of. */
export const keptDraft = (saved: Draft, kept: Draft): Draft => ({
  ...saved,
  ...kept,
  messages: kept.messages?.map(keptMessage) ?? null,
});

const textOf = (draft: Draft): string =>
  JSON.stringify(draft, (name, value: unknown) => (name === 'key' ? undefined : value));
