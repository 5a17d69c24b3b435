import { canonicalJson } from '../canonical-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json-value.ts';
import { promptInputs } from '../language/inputs/prompt-inputs.ts';
import { parse } from '../language/parse.ts';
import { parseMessages } from '../language/rendering/messages.ts';
import { TemplateError } from '../language/template-error.ts';
import { compareBodies } from './document/compare/compare-bodies.ts';
import { type DocumentPrompt, emptyPrompt, FormatFault } from './document/prompt-document.ts';
import { writeDotprompt } from './dotprompt/write-dotprompt.ts';
import { writeGitHubModels } from './github-models/write-github-models.ts';
import { writeLangfuse } from './langfuse/write-langfuse.ts';
import { writeLangSmith } from './langsmith/write-langsmith.ts';
import { writePrompty } from './prompty/write-prompty.ts';
import { readPrompts } from './read-prompts.ts';

/** A format that is written: how, what its files' names end in, and whether all prompts stand in one file. */
interface Writer {
  readonly write: (prompt: DocumentPrompt, inputs: JsonValue) => string | JsonObject;
  readonly ending: string;
  readonly isOneFile: boolean;
}

const writers = {
  dotprompt: { write: writeDotprompt, ending: '.prompt', isOneFile: false },
  prompty: { write: writePrompty, ending: '.prompty', isOneFile: false },
  langfuse: { write: writeLangfuse, ending: '.json', isOneFile: true },
  langsmith: { write: writeLangSmith, ending: '.json', isOneFile: false },
  'github-models': { write: writeGitHubModels, ending: '.prompt.yml', isOneFile: false },
} as const satisfies Record<string, Writer>;

/** A format of other systems that is written. */
export type WrittenFormat = keyof typeof writers;
export const writtenFormats = Object.keys(writers) as WrittenFormat[];

/** How the files of a format are laid out. */
export const filesOf = (format: WrittenFormat): Omit<Writer, 'write'> => writers[format];

/** What of a prompt a format cannot carry, or why it can carry nothing of it. */
export interface Loss {
  /** The field, or the place of a text within the prompt. */
  readonly within: string | null;
  readonly message: string;
}

/** A prompt in a format: the text of a file, or of an item of one. It is written whole, but for what is named, or not at all. */
export interface Written {
  readonly text: string | null;
  readonly losses: readonly Loss[];
}

/**
 * A prompt in a format. What is written is read again: so all that would come back otherwise is among the losses, and a text
 * that would is not written.
 */
export function writePrompt(format: WrittenFormat, prompt: DocumentPrompt): Written {
  try {
    const inputs = inputsOf(prompt);
    const written = (writers[format] as Writer).write(prompt, inputs);
    const text = typeof written === 'string' ? written : JSON.stringify(written, null, 2);
    const { prompts, refusals } = readPrompts(format, text);
    const [again] = prompts;
    if (again === undefined) return leftOut(refusals[0]?.message ?? 'it is not read again', 'content');
    const body = bodyLoss(prompt, again, inputs);
    if (body === null)
      return leftOut('its text would be read otherwise', prompt.messages === null ? 'content' : 'messages');
    return { text, losses: [...body, ...fieldLosses(prompt, again)] };
  } catch (error) {
    if (!(error instanceof FormatFault)) throw error;
    const { line, column, within, message } = error;
    const place = line === 1 && column === 1 ? '' : ` (line ${line}, column ${column})`;
    return leftOut(message + place, within);
  }
}

const leftOut = (message: string, within: string | null): Written => ({
  text: null,
  losses: [{ within, message: `Left out: ${message}` }],
});

const isSame = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other);

/** What its texts take, which decides on what other languages can say. */
function inputsOf({ content, messages, inputSchema }: DocumentPrompt): JsonValue {
  const declared = isJsonObject(inputSchema) ? inputSchema : null;
  try {
    const prompt = messages === null ? parse(content ?? '') : parseMessages(messages);
    return promptInputs(prompt, declared).schema;
  } catch (error) {
    // No template: its writer says where.
    if (error instanceof TemplateError) return declared ?? true;
    throw error;
  }
}

/** Null where a text would be another one. */
function bodyLoss(prompt: DocumentPrompt, again: DocumentPrompt, inputs: JsonValue): Loss[] | null {
  const { content, messages } = prompt;
  const isMessage = messages === null && again.messages !== null;
  const asked = isMessage ? { content: null, messages: [{ role: 'user' as const, content: content ?? '' }] } : prompt;
  const compared = compareBodies(asked, again, inputs);
  if (compared === 'other') return null;
  const losses: Loss[] = isMessage
    ? [{ within: 'kind', message: 'A text is a message of the user in this format.' }]
    : [];
  if (compared === 'alike') {
    const within = messages === null ? 'content' : 'messages';
    losses.push({ within, message: 'It comes back in other words, which render the same.' });
  }
  return losses;
}

function fieldLosses(prompt: DocumentPrompt, again: DocumentPrompt): Loss[] {
  const nothing = emptyPrompt();
  return (
    (Object.keys(nothing) as (keyof DocumentPrompt)[])
      // Where a format has no name, that of its file is one.
      .filter((field) => !['content', 'messages'].includes(field) && !(field === 'name' && again.name === null))
      .filter((field) => !isSame(prompt[field], again[field]))
      .map((field) => {
        const isLost = isSame(again[field], nothing[field]);
        return {
          within: field,
          message: isLost ? 'It has no place in this format.' : 'Not all of it has a place in this format.',
        };
      })
  );
}
