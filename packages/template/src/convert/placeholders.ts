import { LiquidWriter } from './liquid/liquid-writer.ts';
import { inputName } from './liquid/paths.ts';
import { quote } from './liquid/quote.ts';
import { Places, Refusal } from './refusal.ts';

/**
 * The placeholders of prompts.chat: `${name}`, or `${name:default}` whose default stands where no text is given. A name of
 * several words gets underscores. What is no placeholder there is text here.
 */
export function convertPlaceholders(source: string, warnings: string[]): string {
  const writer = new LiquidWriter();
  const places = new Places(source);
  const originals = new Map<string, string>();
  let index = 0;
  for (let start = source.indexOf('${'); start >= 0; start = source.indexOf('${', index)) {
    const placeholder = readPlaceholder(source, start);
    writer.literal(source.slice(index, placeholder === undefined ? start + 2 : start));
    index = placeholder?.end ?? start + 2;
    if (placeholder === undefined) continue;
    const position = places.at(start);
    const name = inputName(placeholder.name.replaceAll(/\s+/g, '_'), position);
    const original = originals.get(name);
    if (original !== undefined && original !== placeholder.name) {
      throw new Refusal(`"${original}" and "${placeholder.name}" would be one input.`, position);
    }
    if (original === undefined && name !== placeholder.name) warnings.push(`"${placeholder.name}" is now "${name}".`);
    originals.set(name, placeholder.name);
    const filter = placeholder.default === undefined ? '' : ` | default: ${quote(placeholder.default)}`;
    writer.markup(`{{ ${name}${filter} }}`, position);
  }
  writer.literal(source.slice(index));
  return writer.end();
}

interface Placeholder {
  readonly name: string;
  readonly default: string | undefined;
  readonly end: number;
}

const NAME = /^[a-zA-Z_][a-zA-Z0-9_\s]*$/;
/** A name that is longer is no name, and is not looked for further. */
const MAX_NAME = 200;

function readPlaceholder(source: string, start: number): Placeholder | undefined {
  let colon = start + 2;
  while (colon - start <= MAX_NAME && /[a-zA-Z0-9_\s]/.test(source[colon] ?? '')) colon++;
  const name = source.slice(start + 2, colon);
  if (!NAME.test(name)) return undefined;
  if (source[colon] === '}') return { name: name.trim(), default: undefined, end: colon + 1 };
  if (source[colon] !== ':') return undefined;
  const end = source.indexOf('}', colon);
  return end < 0 ? undefined : { name: name.trim(), default: source.slice(colon + 1, end).trim(), end: end + 1 };
}
