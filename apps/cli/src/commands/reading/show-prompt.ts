import type { Prompt } from '@promptory/client';

export type ChatMessage = NonNullable<Prompt['messages']>[number];

/** A message of a chat, as a person reads it. */
export function messageText(message: ChatMessage): string {
  if (!('role' in message)) return `[messages: ${message.name}]`;
  const { role, content } = message;
  return `[${role}]\n${typeof content === 'string' ? content : content.map(partText).join('\n')}`;
}

type Part = Exclude<Extract<ChatMessage, { role: string }>['content'], string>[number];

function partText(part: Part | { readonly type: string }): string {
  if ('text' in part) return part.text;
  const { type, ...rest } = part;
  return `(${type}) ${JSON.stringify(rest)}`;
}

/** What a prompt says: its text, or its messages below each other. */
export const bodyText = (content: string, messages: readonly ChatMessage[] | null): string =>
  messages === null ? content : messages.map(messageText).join('\n\n');
