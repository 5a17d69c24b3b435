import { isJsonObject, type JsonValue } from '../json-value.ts';
import {
  type DocumentMessage,
  type DocumentPrompt,
  emptyPrompt,
  FormatFault,
  liquidOf,
  type PromptDocument,
  type Role,
} from './prompt-document.ts';

type JsonObject = { [key: string]: JsonValue };

const MAX_PROMPTS = 500;
/** What no prompt has here: who, when and where in Langfuse. */
const DROPPED = new Set('id projectId createdAt updatedAt createdBy isActive resolutionGraph'.split(' '));
const KNOWN = new Set('name version type prompt config tags labels commitMessage'.split(' '));

/**
 * Reads prompts of Langfuse: its bulk export, one prompt as its API answers it, or a page of them. Bodies are Mustache that
 * escapes nothing, as its client for JavaScript renders them; `@@@langfusePrompt:…@@@` becomes `{% render %}`.
 */
export function readLangfuse(text: string): PromptDocument {
  const document: PromptDocument = { prompts: [], warnings: [], refusals: [] };
  try {
    for (const [index, item] of itemsOf(parse(text)).entries()) readItem(item, index, document);
  } catch (error) {
    if (!(error instanceof FormatFault)) throw error;
    document.refusals.push(error.toNote(null));
  }
  return document;
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new FormatFault(`This is no JSON: ${error instanceof Error ? error.message : String(error)}`, {});
  }
}

function itemsOf(value: JsonValue): JsonValue[] {
  const data = isJsonObject(value) && Array.isArray(value.data) ? value.data : value;
  const items = Array.isArray(data) ? data : [data];
  if (items.length > MAX_PROMPTS) throw new FormatFault(`A file holds at most ${MAX_PROMPTS} prompts.`, {});
  return items;
}

function readItem(item: JsonValue, index: number, document: PromptDocument): void {
  try {
    if (!isJsonObject(item)) throw new FormatFault('A prompt is an object.', {});
    document.prompts.push(promptOf(item));
  } catch (error) {
    if (!(error instanceof FormatFault)) throw error;
    document.refusals.push(error.toNote(index));
    return;
  }
  for (const key of Object.keys(item)) {
    if (KNOWN.has(key) || DROPPED.has(key)) continue;
    document.warnings.push({
      prompt: index,
      line: 1,
      column: 1,
      within: key,
      message: `"${key}" has no counterpart here.`,
    });
  }
}

function promptOf(item: JsonObject): DocumentPrompt {
  const { name, version, prompt, config, tags, labels, commitMessage } = item;
  if (typeof name !== 'string' || name === '') throw new FormatFault('A prompt has a name.', { within: 'name' });
  return {
    ...emptyPrompt(),
    ...bodyOf(prompt, item.type),
    name,
    config: configOf(config),
    tags: textsOf(tags, 'tags'),
    labels: textsOf(labels, 'labels'),
    version: typeof version === 'number' ? version : null,
    changeNote: typeof commitMessage === 'string' ? commitMessage : null,
  };
}

function bodyOf(
  prompt: JsonValue | undefined,
  type: JsonValue | undefined,
): Pick<DocumentPrompt, 'content' | 'messages'> {
  if (typeof prompt === 'string' && type !== 'chat') return { content: textOf(prompt, 'prompt'), messages: null };
  if (Array.isArray(prompt) && type !== 'text') return { content: null, messages: prompt.map(messageOf) };
  throw new FormatFault('A text prompt is a text, and a chat prompt is a list of messages.', { within: 'prompt' });
}

const ROLES: ReadonlySet<string> = new Set(['system', 'developer', 'user', 'assistant', 'tool']);

function messageOf(message: JsonValue, index: number): DocumentMessage {
  const within = `prompt[${index}]`;
  if (isJsonObject(message)) {
    const { type, name, role, content } = message;
    if (type === 'placeholder' && typeof name === 'string') return { type, name };
    if (typeof role === 'string' && typeof content === 'string') {
      if (!ROLES.has(role))
        throw new FormatFault(`"${role}" is no role that a message has here.`, { within: `${within}.role` });
      return { role: role as Role, content: textOf(content, `${within}.content`) };
    }
  }
  throw new FormatFault('A message has a role and a text, or is a placeholder with a name.', { within });
}

const INCLUDE = /@@@langfusePrompt:name=([^|@{}"\\\n]+)\|(version|label)=([\w.-]+)@@@/g;

/** Langfuse puts the other prompt's text in before it fills in values, which is what `render` comes to. */
function textOf(body: string, within: string): string {
  return liquidOf('mustache', body, within).replaceAll(INCLUDE, (_, name: string, kind: string, value: string) => {
    return `{% render "${name}${kind === 'version' ? '#' : '@'}${value}" %}`;
  });
}

function configOf(config: JsonValue | undefined): JsonObject {
  if (config === undefined || config === null) return {};
  if (!isJsonObject(config)) throw new FormatFault('A config is an object here.', { within: 'config' });
  return config;
}

function textsOf(value: JsonValue | undefined, within: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
    throw new FormatFault('This is a list of texts.', { within });
  }
  return value as string[];
}
