import type { ChatMessage, PromptVersion, RouterInputs } from '@promptory/client';
import type { CurrentPrompt } from '../calls.ts';

type SavedMessage = NonNullable<RouterInputs['prompts']['create']['messages']>[number];

/** A message as it is edited: its text, or for what is more than one text JSON. */
export interface DraftMessage {
  /** For the page: messages have no name but their place, which changes. */
  readonly key: string;
  readonly role: string;
  readonly text: string;
  /** Whether `text` is the whole message as JSON: one of parts, or a placeholder. */
  readonly isJson: boolean;
}

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
  readonly changeNote: string;
  /** The earlier version that it began with, of which what is not edited here is saved too. */
  readonly from?: number;
}

export const emptyDraft: Draft = {
  title: '',
  description: '',
  category: '',
  tags: '',
  content: '',
  messages: null,
  changeNote: '',
};

export const newMessage = (role: string): DraftMessage => ({ key: crypto.randomUUID(), role, text: '', isJson: false });

function draftMessage(message: ChatMessage): DraftMessage {
  const key = crypto.randomUUID();
  if ('content' in message && typeof message.content === 'string')
    return { key, role: message.role, text: message.content, isJson: false };
  return { key, role: 'role' in message ? message.role : '', text: JSON.stringify(message, null, 2), isJson: true };
}

/** An earlier version as it is edited, filed as the prompt is now. */
export const draftOfVersion = (prompt: CurrentPrompt, version: PromptVersion): Draft => {
  const { title, description, content, messages } = version;
  return { ...draftOf({ ...prompt, title, description, content, messages }), from: version.version };
};

export const draftOf = ({ title, description, category, tags, content, messages }: CurrentPrompt): Draft => ({
  title,
  description,
  category: category ?? '',
  tags: tags.join(', '),
  content,
  messages: messages?.map(draftMessage) ?? null,
  changeNote: '',
});

const savedMessage = ({ role, text, isJson }: DraftMessage): SavedMessage =>
  // The server says what is wrong with it.
  (isJson ? JSON.parse(text) : { role, content: text }) as SavedMessage;

/** @throws SyntaxError where a message is to be JSON and is none */
export function savedDraft(draft: Draft) {
  const { title, description, category, tags, content, messages, changeNote } = draft;
  return {
    title,
    description,
    category: category.trim() === '' ? null : category,
    tags: tags.split(',').flatMap((tag) => tag.trim() || []),
    ...(messages === null
      ? { kind: 'text' as const, content }
      : { kind: 'chat' as const, messages: messages.map(savedMessage) }),
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

const textOf = (draft: Draft): string =>
  JSON.stringify(draft, (name, value: unknown) => (name === 'key' ? undefined : value));
