import { type ChatTemplate, type InputSchema, link, parse, parseMessages, type Template } from '@promptory/template';
import type { Included, Source } from './questions.ts';

/** Of what is typed nobody has said yet that these are messages: what they lack the server says. */
export const messagesOf = (messages: readonly object[]) => messages as Parameters<typeof parseMessages>[0];

/** @throws TemplateError */
export const parsed = ({ content, messages }: Pick<Source, 'content' | 'messages'>): Template | ChatTemplate =>
  messages === null ? parse(content) : parseMessages(messagesOf(messages));

/** A prompt with all that it includes. @throws TemplateError where a reference leads nowhere, or what is there is no template */
export function linked(prompt: Template | ChatTemplate, { includes, texts }: Included): Template | ChatTemplate {
  const byKey = new Map(texts.map((text) => [text.key, text]));
  const resolve = (reference: string, within: string | undefined) => {
    const around = within === undefined ? includes : byKey.get(within)?.includes;
    const found = byKey.get(around?.find(({ name }) => name === reference)?.key ?? '');
    if (found === undefined) return undefined;
    // What crossed the wire is JSON.
    return { key: found.key, source: found.content, declared: found.inputSchema as InputSchema | null };
  };
  return 'placeholders' in prompt ? prompt.link(resolve) : link(prompt, resolve);
}
