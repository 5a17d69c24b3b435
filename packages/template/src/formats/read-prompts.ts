import type { Partials } from '../convert/handlebars/partials.ts';
import { isJsonObject, type JsonValue } from '../json-value.ts';
import { BUNDLE_FORMAT } from './bundle/bundle.ts';
import { partsOf } from './document/front-matter.ts';
import type { PromptDocument } from './document/prompt-document.ts';
import { readDotprompt } from './dotprompt/read-dotprompt.ts';
import { readGitHubModels } from './github-models/read-github-models.ts';
import { type LangfuseNames, readLangfuse } from './langfuse/read-langfuse.ts';
import { readLangSmith } from './langsmith/read-langsmith.ts';
import { readOpenAi } from './openai/read-openai.ts';
import { isRoleLine } from './prompty/prompty-body.ts';
import { readPrompty } from './prompty/read-prompty.ts';

const readers = {
  dotprompt: readDotprompt,
  prompty: readPrompty,
  langfuse: readLangfuse,
  langsmith: readLangSmith,
  'github-models': readGitHubModels,
  openai: readOpenAi,
} as const;

/** A format of other systems that is read. */
export type PromptFormat = keyof typeof readers;
export const promptFormats = Object.keys(readers) as PromptFormat[];

/** Characters of a text that show what it is. */
const MAX_LOOKED_AT = 262_144;

/** What a file's name ends in, the longest first. */
const ENDINGS: readonly (readonly [ending: string, format: PromptFormat])[] = [
  ['.prompt.yml', 'github-models'],
  ['.prompt.yaml', 'github-models'],
  ['.prompty', 'prompty'],
  ['.prompt', 'dotprompt'],
];

/** What others of its import a file may name. */
export interface OthersOfImport {
  /** For dotprompt. */
  readonly partials?: Partials;
  /** For Langfuse. */
  readonly names?: LangfuseNames;
}

/** The prompts of a file of another system, in one form, with what is to be said of them. */
export function readPrompts(
  format: PromptFormat,
  file: string,
  { partials, names }: OthersOfImport = {},
): PromptDocument {
  const text = withoutMark(file);
  if (format === 'dotprompt') return readDotprompt(text, partials);
  return format === 'langfuse' ? readLangfuse(text, names) : readers[format](text);
}

/** Without the mark of its encoding, where whoever read the file has left it. */
const withoutMark = (file: string): string => (file.startsWith('\ufeff') ? file.slice(1) : file);

/** What a file is called without what its ending says: `team/greet.prompt` is `team/greet`. */
export function nameWithoutEnding(fileName: string): string {
  const [ending = ''] = ENDINGS.find(([end]) => fileName.toLowerCase().endsWith(end)) ?? [];
  return ending === '' ? fileName.replace(/\.[A-Za-z0-9]+$/, '') : fileName.slice(0, -ending.length);
}

/** Whether a text begins as JSON does, and not as a template: `{{role "system"}}`. */
export const mayBeJson = (start: string): boolean => /^(?:\[|\{(?![{%#]))/.test(start);

/** Which format a file has, by its content, and where that may be several by its name; null where it is none of them. */
export function detectFormat(text: string, fileName = ''): PromptFormat | 'bundle' | null {
  const start = text.trimStart();
  if (mayBeJson(start)) return formatOfJson(parsed(start));
  const [, named] = ENDINGS.find(([ending]) => fileName.toLowerCase().endsWith(ending)) ?? [];
  return named ?? formatOfText(withoutMark(text));
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}

function formatOfJson(value: JsonValue): PromptFormat | 'bundle' | null {
  const data = isJsonObject(value) && Array.isArray(value.data) ? value.data : value;
  const first = Array.isArray(data) ? data[0] : data;
  if (!isJsonObject(first)) return null;
  if (first.format === BUNDLE_FORMAT) return 'bundle';
  if (first.lc !== undefined || (isJsonObject(first.manifest) && first.manifest.lc !== undefined)) return 'langsmith';
  if (typeof first.id === 'string' && first.id.startsWith('pmpt_')) return 'openai';
  const isNamed = typeof first.name === 'string' && first.title === undefined && first.act === undefined;
  return isNamed && first.prompt !== undefined ? 'langfuse' : null;
}

const PROMPTY_KEY = /^(?:inputs|outputs|sample|template|authors|displayName|instructions)[ \t]*:/;

/** By its lines alone: YAML takes long to read, and what is looked at may be anything. */
function formatOfText(text: string): PromptFormat | null {
  const head = text.slice(0, MAX_LOOKED_AT);
  const first = head.split('\n').find((line) => !line.startsWith('#') && line.trim() !== '') ?? '';
  if (!first.startsWith('---')) return /^messages:/m.test(head) ? 'github-models' : null;
  const parts = partsOf(head);
  // One line `---` begins a file that is YAML as a whole.
  if (parts === null && /^messages:/m.test(head)) return 'github-models';
  const { yaml, body } = parts ?? { yaml: [], body: head.split('\n') };
  const isPrompty = hasModelWithKeys(yaml) || yaml.some((line) => PROMPTY_KEY.test(line));
  return isPrompty || body.some(isRoleLine) ? 'prompty' : 'dotprompt';
}

function hasModelWithKeys(yaml: readonly string[]): boolean {
  const at = yaml.findIndex((line) => /^model[ \t]*:/.test(line));
  const [, value = ''] = yaml[at]?.split(':', 2) ?? [];
  if (at === -1 || /^\s*[^\s#]/.test(value)) return value.trimStart().startsWith('{');
  const next = yaml.slice(at + 1).find((line) => line.trim() !== '' && !line.trimStart().startsWith('#')) ?? '';
  return /^\s+[^\s-]/.test(next) && /:(?:\s|$)/.test(next);
}
