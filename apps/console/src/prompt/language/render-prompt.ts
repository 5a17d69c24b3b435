import {
  InputError,
  includePlaces,
  type InputSchema as RenderedInputs,
  render,
  renderMessages,
  TemplateError,
} from '@promptory/template';
import { parsed } from './parsed.ts';
import type { Asking, Rendered, SaidMessage } from './questions.ts';

/** A prompt with these values, by the same engine as the server's. Includes are left to that: they may be others' prompts. */
export function renderPrompt({ content, messages, values, inputs }: Asking): Rendered {
  // What crossed the wire is JSON, and what the server saved it has parsed.
  const schema = inputs as RenderedInputs;
  try {
    const prompt = parsed({ content, messages });
    const [included] = includePlaces(prompt);
    if (included !== undefined) return silent(`It includes ${included.reference}, which is not rendered here yet.`);
    if ('placeholders' in prompt) {
      const rendered = renderMessages(prompt, values, schema) as readonly SaidMessage[];
      return { said: { content: '', messages: rendered } };
    }
    return { said: { content: render(prompt, values, schema), messages: null } };
  } catch (error) {
    if (error instanceof TemplateError) return silent(error.message);
    if (!(error instanceof InputError)) throw error;
    const faults = error.faults.map(({ path, message }): [string, string] => [firstOf(path), message]);
    const missing = [...new Set(faults.map(([name]) => name))].join(', ');
    return { said: null, why: `Not yet: ${missing}`, faults: Object.fromEntries(faults) };
  }
}

const silent = (why: string): Rendered => ({ said: null, why, faults: {} });

/** The input that a JSON Pointer (RFC 6901) leads into. */
const firstOf = (path: string): string => (path.split('/')[1] ?? path).replaceAll('~1', '/').replaceAll('~0', '~');
