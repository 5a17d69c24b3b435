import { checkValue, fieldFault, SchemaError, type ValueFault } from '@promptory/template';
import { PromptoryError } from '../errors/promptory-error.ts';
import type { JsonObject } from './prompt-source.ts';
import { schemaInvalid } from './read-prompt.ts';

type Schema = Parameters<typeof checkValue>[0];

/**
 * What a model answered, by the schema of a prompt’s output. Models put JSON into fences and sentences, so that what stands in such
 * is looked at as well; a schema of texts takes the text itself. What is no text has been read already, and is checked.
 *
 * @throws PromptoryError client.answer_invalid with every fault by path, prompt.template_invalid where the schema is none
 */
export function readAnswer(outputSchema: JsonObject | null, answer: unknown): unknown {
  if (outputSchema === null) {
    if (typeof answer === 'string') return answer;
    throw answerInvalid([{ path: '', code: 'type', expected: 'a text', message: 'must be a text' }]);
  }
  let nearest: ValueFault[] | undefined;
  for (const { value, lost } of typeof answer === 'string' ? readings(answer) : [{ value: answer, lost: null }]) {
    const faults = lost === null ? faultsOf(outputSchema as Schema, value) : [numberLost(lost)];
    if (faults.length === 0) return value;
    nearest ??= faults;
  }
  throw answerInvalid(nearest ?? []);
}

function faultsOf(schema: Schema, value: unknown): ValueFault[] {
  try {
    return checkValue(schema, value);
  } catch (error) {
    throw error instanceof SchemaError ? schemaInvalid(error) : error;
  }
}

/** What a text may mean, the likeliest first: JSON, JSON in a fence, JSON within text, text. */
function* readings(text: string): Generator<{ readonly value: unknown; readonly lost: string | null }> {
  for (const part of [text, ...fenced(text), between(text, '{', '}'), between(text, '[', ']')]) {
    let value: unknown;
    try {
      value = JSON.parse(part);
    } catch {
      // No JSON; another part may be.
      continue;
    }
    yield { value, lost: lostNumber(part) };
  }
  yield { value: text.trim(), lost: null };
}

/** Texts of JSON, one without an end up to the end of all, and its numbers. */
const TOKENS = /"(?:[^"\\]|\\[\s\S])*(?:\\?$|")|-?\d[\d.eE+-]*/g;

/** A whole number that JavaScript would read as another one; null where there is none. */
function lostNumber(json: string): string | null {
  for (const [token] of json.matchAll(TOKENS)) {
    if (!/^-?\d{16,}$/.test(token)) continue;
    const value = Number(token);
    if (!Number.isFinite(value) || BigInt(token) !== BigInt(value)) return token;
  }
  return null;
}

const numberLost = (number: string): ValueFault => ({
  ...{ path: '', code: 'type', expected: 'a text' },
  message: `holds ${number.slice(0, 40)}, which JavaScript cannot keep as a number: let the schema ask for a text there`,
});

const FENCE = '```';
const MAX_FENCES = 10;

/** The blocks between fences (CommonMark, 4.5), without what stands beside the first. */
function fenced(text: string): string[] {
  return text
    .split(FENCE, 2 * MAX_FENCES)
    .filter((_, index) => index % 2 === 1)
    .map((block) => block.slice(Math.max(0, block.search(/[\n[{"]/))));
}

const between = (text: string, first: string, last: string): string =>
  text.includes(first) ? text.slice(text.indexOf(first), text.lastIndexOf(last) + 1) : '';

function answerInvalid(faults: readonly ValueFault[]): PromptoryError {
  const said = faults.map(({ path, message }) => (path === '' ? message : `${path} ${message}`)).join('; ');
  return new PromptoryError({
    code: 'client.answer_invalid',
    message: `The answer is not what the prompt promises: ${said}.`,
    errors: faults.map((fault) => fieldFault(fault)),
  });
}
