import { isJsonObject, type JsonObject, type JsonValue } from '../../json-value.ts';
import { objectAt, parseJsonFile, roleOf, textsAt } from '../document/json-data.ts';
import {
  addPrompt,
  type DocumentMessage,
  type DocumentPrompt,
  emptyDocument,
  emptyPrompt,
  FormatFault,
  liquidOf,
  type PromptDocument,
  warnOfOthers,
  wordSet,
} from '../document/prompt-document.ts';

const MAX_PROMPTS = 500;
/** Besides what is read, what no prompt has here: who, when and where in Langfuse. */
const KNOWN = wordSet(
  'name version type prompt config tags labels commitMessage id projectId createdAt updatedAt createdBy isActive resolutionGraph',
);

/**
 * Reads prompts of Langfuse: its bulk export, one prompt as its API answers it, or a page of them. Bodies are Mustache that
 * escapes nothing, as its client for JavaScript renders them; `@@@langfusePrompt:…@@@` becomes `{% render %}`.
 */
export function readLangfuse(text: string): PromptDocument {
  const document = emptyDocument();
  try {
    for (const [index, item] of itemsOf(parseJsonFile(text)).entries()) {
      addPrompt(document, index, (warn) => {
        if (!isJsonObject(item)) throw new FormatFault('A prompt is an object.', {});
        warnOfOthers(item, KNOWN, warn);
        return promptOf(item);
      });
    }
  } catch (error) {
    if (!(error instanceof FormatFault)) throw error;
    document.refusals.push(error.toNote(null));
  }
  return document;
}

function itemsOf(value: JsonValue): JsonValue[] {
  const data = isJsonObject(value) && Array.isArray(value.data) ? value.data : value;
  const items = Array.isArray(data) ? data : [data];
  if (items.length > MAX_PROMPTS) throw new FormatFault(`A file holds at most ${MAX_PROMPTS} prompts.`, {});
  return items;
}

function promptOf(item: JsonObject): DocumentPrompt {
  const { name, version, prompt, commitMessage } = item;
  if (typeof name !== 'string' || name === '') throw new FormatFault('A prompt has a name.', { within: 'name' });
  return {
    ...emptyPrompt(),
    ...bodyOf(prompt, item.type),
    name,
    config: objectAt(item, 'config'),
    tags: textsAt(item, 'tags'),
    labels: textsAt(item, 'labels'),
    version: typeof version === 'number' ? version : null,
    changeNote: typeof commitMessage === 'string' && commitMessage !== '' ? commitMessage : null,
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

function messageOf(message: JsonValue, index: number): DocumentMessage {
  const within = `prompt[${index}]`;
  if (isJsonObject(message)) {
    const { type, name, role, content } = message;
    if (type === 'placeholder' && typeof name === 'string') return { type, name };
    if (typeof role === 'string' && typeof content === 'string') {
      return { role: roleOf(role, `${within}.role`), content: textOf(content, `${within}.content`) };
    }
  }
  throw new FormatFault('A message has a role and a text, or is a placeholder with a name.', { within });
}

const INCLUDE = /(\{?)@@@langfusePrompt:name=([^|@{}"\\\n]+)\|(version|label)=([\w.-]+)@@@/g;

/** Langfuse puts the other prompt's text in before it fills in values, which is what `render` comes to. */
function textOf(body: string, within: string): string {
  return liquidOf('mustache', body, within).replaceAll(
    INCLUDE,
    (_, brace: string, name: string, kind: string, value: string) => {
      // A brace before it would make another tag of it.
      return `${brace === '' ? '' : '{{ "{" }}'}{% render "${name}${kind === 'version' ? '#' : '@'}${value}" %}`;
    },
  );
}
