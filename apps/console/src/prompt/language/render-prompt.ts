import {
  InputError,
  includePlaces,
  promptFault,
  type InputSchema as RenderedInputs,
  render,
  renderMessages,
  TemplateError,
} from '@promptory/template';
import { linked, parsed } from './parsed.ts';
import type { Asking, Rendered, SaidMessage } from './questions.ts';

/** A prompt with these values and what it includes, by the same engine as the server's. */
export function renderPrompt({ content, messages, included, values, inputs }: Asking): Rendered {
  // What crossed the wire is JSON, and what the server saved it has parsed.
  const schema = inputs as RenderedInputs;
  try {
    const alone = parsed({ content, messages });
    if (included === undefined && includePlaces(alone).length > 0) return silent('What it includes is being fetched …');
    const prompt = included === undefined ? alone : linked(alone, included);
    if ('placeholders' in prompt) {
      const rendered = renderMessages(prompt, values, schema) as readonly SaidMessage[];
      return { said: { content: '', messages: rendered } };
    }
    return { said: { content: render(prompt, values, schema), messages: null } };
  } catch (error) {
    if (error instanceof TemplateError) return silent(promptFault(error).message);
    if (!(error instanceof InputError)) throw error;
    const faults = error.faults.map(({ path, message }): [string, string] => [firstOf(path), message]);
    const missing = [...new Set(faults.map(([name]) => name))].join(', ');
    return { said: null, why: `Not yet: ${missing}`, faults: Object.fromEntries(faults) };
  }
}

const silent = (why: string): Rendered => ({ said: null, why, faults: {} });

/** The input that a JSON Pointer (RFC 6901) leads into. */
const firstOf = (path: string): string => (path.split('/')[1] ?? path).replaceAll('~1', '/').replaceAll('~0', '~');
