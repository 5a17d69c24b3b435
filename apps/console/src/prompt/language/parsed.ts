import { type ChatTemplate, parse, parseMessages, type Template } from '@promptory/template';
import type { Source } from './questions.ts';

/** Of what is typed nobody has said yet that these are messages: what they lack the server says. */
export const messagesOf = (messages: readonly object[]) => messages as Parameters<typeof parseMessages>[0];

/** @throws TemplateError */
export const parsed = ({ content, messages }: Pick<Source, 'content' | 'messages'>): Template | ChatTemplate =>
  messages === null ? parse(content) : parseMessages(messagesOf(messages));
