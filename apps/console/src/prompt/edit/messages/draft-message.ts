import type { ChatMessage, RouterInputs } from '@promptory/client';
import { readTyped } from '../typed-json.ts';
import { type DraftPart, draftPart, fieldsOf, newPart, partForms, savedPart, withTyped } from './draft-part.ts';

type SavedMessage = NonNullable<RouterInputs['prompts']['create']['messages']>[number];

export const roles = ['system', 'developer', 'user', 'assistant', 'tool'];

/** A message as it is edited: a text, parts, a place for the caller's own messages, or what no form shows, as JSON. */
export type DraftMessage = {
  /** For the page: messages have no name but their place, which changes. */
  readonly key: string;
} & (
  | { readonly kind: 'text'; readonly role: string; readonly text: string }
  | { readonly kind: 'parts'; readonly role: string; readonly parts: readonly DraftPart[] }
  | { readonly kind: 'placeholder'; readonly name: string }
  | { readonly kind: 'json'; readonly json: string }
);

export type MessageOfKind<Kind extends DraftMessage['kind']> = Extract<DraftMessage, { kind: Kind }>;

const newKey = (): string => crypto.randomUUID();

export const newMessage = (role: string, text = ''): MessageOfKind<'text'> => ({
  key: newKey(),
  kind: 'text',
  role,
  text,
});
export const newPlaceholder = (): MessageOfKind<'placeholder'> => ({ key: newKey(), kind: 'placeholder', name: '' });

/** A message as it is edited. What a form would not show just as it is stays JSON. */
export function draftMessage(message: ChatMessage): DraftMessage {
  const key = newKey();
  const names = Object.keys(message).length;
  if ('content' in message && names === 2 && roles.includes(message.role)) {
    const { role, content } = message;
    if (typeof content === 'string') return { key, kind: 'text', role, text: content };
    if (Array.isArray(content)) return { key, kind: 'parts', role, parts: content.map(draftPart) };
  }
  if ('type' in message && message.type === 'placeholder' && names === 2 && typeof message.name === 'string')
    return { key, kind: 'placeholder', name: message.name };
  return { key, kind: 'json', json: JSON.stringify(message, null, 2) };
}

/** One that a console has kept which knew texts and JSON only. */
interface EarlierMessage {
  readonly key: string;
  readonly role: string;
  readonly text: string;
  readonly isJson: boolean;
}

/** A message of a kept draft, whichever console has kept it. */
export function keptMessage(kept: DraftMessage | EarlierMessage): DraftMessage {
  if ('kind' in kept) return kept;
  const { key, role, text, isJson } = kept;
  return isJson ? withForm({ key, kind: 'json', json: text }) : { key, kind: 'text', role, text };
}

/** What was typed as JSON, in a form where it has one. */
export function withForm(message: MessageOfKind<'json'>): DraftMessage {
  try {
    const value = readTyped('', message.json);
    if (typeof value !== 'object' || value === null) return message;
    const form = draftMessage(value as ChatMessage);
    return form.kind === 'json' ? message : { ...form, key: message.key };
  } catch (error) {
    if (error instanceof SyntaxError) return message;
    throw error;
  }
}

/** The same message in parts, of which its text is the first. */
export const inParts = ({ key, role, text }: MessageOfKind<'text'>): MessageOfKind<'parts'> => {
  const part = newPart('text');
  return { key, kind: 'parts', role, parts: [part.type === null ? part : withTyped(part, 'text', text)] };
};

/** The text of a message of one part, which is one; null of others. */
export function onlyText({ parts }: MessageOfKind<'parts'>): string | null {
  const [part, ...others] = parts;
  return part?.type === 'text' && others.length === 0 ? (part.typed.text ?? '') : null;
}

/** A message as it is saved. @throws SyntaxError where something is to be JSON and is none, or cannot be kept as it is typed */
export function savedMessage(message: DraftMessage, index: number): SavedMessage {
  const name = `Message ${index + 1}`;
  // The server says what is wrong with it.
  return savedAs(message, name) as SavedMessage;
}

function savedAs(message: DraftMessage, name: string): unknown {
  switch (message.kind) {
    case 'text':
      return { role: message.role, content: message.text };
    case 'placeholder':
      return { type: 'placeholder', name: message.name };
    case 'json':
      return readTyped(name, message.json);
    case 'parts':
      return {
        role: message.role,
        content: message.parts.map((part, at) =>
          part.type === null
            ? readTyped(`${name}, part ${at + 1}`, part.json)
            : savedPart(part, `${name}, part ${at + 1}: `),
        ),
      };
  }
}

/** A message to be read, beside how somebody else has it. */
export function writtenMessage(message: DraftMessage): string {
  switch (message.kind) {
    case 'text':
      return `${message.role}: ${message.text}`;
    case 'placeholder':
      return `messages of the input ${message.name}`;
    case 'json':
      return message.json;
    case 'parts':
      return [`${message.role}:`, ...message.parts.map(writtenPart)].join('\n');
  }
}

function writtenPart(part: DraftPart): string {
  if (part.type === null) return part.json;
  const { type, typed } = part;
  if (type === 'text') return typed.text ?? '';
  const said = fieldsOf(type).flatMap(({ name, label }) => (typed[name] ? `  ${label}: ${typed[name]}` : []));
  return [`${partForms[type].title}:`, ...said].join('\n');
}

/** Two are the same that say the same, whatever they are called in this page. */
export const messageText = (message: DraftMessage): string =>
  JSON.stringify(message, (name, value: unknown) => (name === 'key' ? undefined : value));
