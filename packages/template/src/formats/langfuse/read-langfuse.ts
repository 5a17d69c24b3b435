import { Places } from '../../convert/refusal.ts';
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
  type Warn,
  warnOfOthers,
  wordSet,
} from '../document/prompt-document.ts';

const MAX_PROMPTS = 500;
/** Besides what is read, what no prompt has here: who, when and where in Langfuse. */
const KNOWN = wordSet(
  'name version type prompt config tags labels commitMessage id projectId createdAt updatedAt createdBy isActive resolutionGraph',
);
const MESSAGE = wordSet('type role content');
const PLACEHOLDER = wordSet('type name');

/** What an included prompt is called here. */
export interface NamedPrompt {
  readonly slug: string;
  /** Which version here each of those is that the import brings; null where it brings none, so that all are what is here. */
  readonly versions: { readonly [version: string]: number } | null;
}

/** By the names in include tags; a reason where no prompt can be meant. */
export type LangfuseNames = { readonly [name: string]: NamedPrompt | { readonly reason: string } };

/** What is known of names, and those that were met. */
interface Names {
  readonly known: LangfuseNames;
  readonly met: Set<string>;
}

/**
 * Reads prompts of Langfuse: its bulk export, one prompt as its API answers it, or a page of them. Bodies are Mustache that
 * escapes nothing, as its client for JavaScript renders them; `@@@langfusePrompt:…@@@` becomes `{% render %}`.
 *
 * @param names how included prompts are called here; one that is not among them keeps its name
 */
export function readLangfuse(text: string, known: LangfuseNames = {}): PromptDocument {
  const document = emptyDocument();
  const names: Names = { known, met: new Set() };
  try {
    for (const [index, item] of itemsOf(parseJsonFile(text)).entries()) {
      addPrompt(document, index, (warn) => {
        if (!isJsonObject(item)) throw new FormatFault('A prompt is an object.', {});
        warnOfOthers(item, KNOWN, warn);
        return promptOf(item, names, warn);
      });
    }
  } catch (error) {
    if (!(error instanceof FormatFault)) throw error;
    document.refusals.push(error.toNote(null));
  }
  return names.met.size === 0 ? document : { ...document, named: [...names.met] };
}

function itemsOf(value: JsonValue): JsonValue[] {
  const data = isJsonObject(value) && Array.isArray(value.data) ? value.data : value;
  const items = Array.isArray(data) ? data : [data];
  if (items.length > MAX_PROMPTS) throw new FormatFault(`A file holds at most ${MAX_PROMPTS} prompts.`, {});
  return items;
}

function promptOf(item: JsonObject, names: Names, warn: Warn): DocumentPrompt {
  const { name, version, prompt, commitMessage } = item;
  if (typeof name !== 'string' || name === '') throw new FormatFault('A prompt has a name.', { within: 'name' });
  return {
    ...emptyPrompt(),
    ...bodyOf(prompt, item.type, names, warn),
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
  names: Names,
  warn: Warn,
): Pick<DocumentPrompt, 'content' | 'messages'> {
  if (typeof prompt === 'string' && type !== 'chat')
    return { content: textOf(prompt, 'prompt', names), messages: null };
  if (Array.isArray(prompt) && type !== 'text')
    return { content: null, messages: prompt.map((message, index) => messageOf(message, index, names, warn)) };
  throw new FormatFault('A text prompt is a text, and a chat prompt is a list of messages.', { within: 'prompt' });
}

function messageOf(message: JsonValue, index: number, names: Names, warn: Warn): DocumentMessage {
  const within = `prompt[${index}]`;
  if (isJsonObject(message)) {
    const { type, name, role, content } = message;
    if (type === 'placeholder' && typeof name === 'string') {
      warnOfOthers(message, PLACEHOLDER, warn, `${within}.`);
      return { type, name };
    }
    if (typeof role === 'string' && typeof content === 'string') {
      warnOfOthers(message, MESSAGE, warn, `${within}.`);
      return { role: roleOf(role, `${within}.role`), content: textOf(content, `${within}.content`, names) };
    }
  }
  throw new FormatFault('A message has a role and a text, or is a placeholder with a name.', { within });
}

// A name ends before the next tag, so that no text is read more than once.
const INCLUDE = /(\{?)@@@langfusePrompt:name=((?:[^|\n@]|@(?!@@)){1,255})\|(version|label)=([\w.-]{1,64})@@@/g;

/** Langfuse puts the other prompt's text in before it fills in values, which is what `render` comes to. */
function textOf(body: string, within: string, { known, met }: Names): string {
  const refused = (tag: string, message: string) =>
    new FormatFault(message, { ...new Places(body).at(Math.max(body.indexOf(tag), 0)), within });
  return liquidOf('mustache', body, within).replaceAll(
    INCLUDE,
    (tag, brace: string, name: string, kind: string, value: string) => {
      met.add(name);
      const named = Object.hasOwn(known, name) ? known[name] : undefined;
      if (named !== undefined && 'reason' in named) throw refused(tag, named.reason);
      const target = kind === 'label' ? `@${value}` : `#${versionHere(named, value)}`;
      if (target === '#null') throw refused(tag, `Version ${value} of "${name}" is not in this import.`);
      const slug = named?.slug ?? name;
      if (/["\\{}]/.test(slug)) throw refused(tag, `"${name}" is no name that a prompt can have here.`);
      // A brace before it would make another tag of it.
      return `${brace === '' ? '' : '{{ "{" }}'}{% render "${slug}${target}" %}`;
    },
  );
}

/** The number that a version has here; null where the import brings the prompt without it. */
function versionHere(named: NamedPrompt | undefined, version: string): string | number | null {
  const versions = named?.versions ?? null;
  if (versions === null) return version;
  return Object.hasOwn(versions, version) ? (versions[version] ?? null) : null;
}
