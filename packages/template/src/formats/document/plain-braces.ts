import { LiquidWriter } from '../../convert/liquid/liquid-writer.ts';
import { inputName } from '../../convert/liquid/paths.ts';
import { Places, Refusal } from '../../convert/refusal.ts';
import { FormatFault } from './prompt-document.ts';

/**
 * Liquid of a text in which `{{name}}` is a value and nothing else is markup, as GitHub Models and OpenAI have it.
 *
 * @throws FormatFault for other braces, since what was meant by them is not known
 */
export function liquidOfBraces(text: string, within: string): string {
  const writer = new LiquidWriter();
  const places = new Places(text);
  let index = 0;
  try {
    for (let start = text.indexOf('{{'); start >= 0; start = text.indexOf('{{', index)) {
      const end = text.indexOf('}}', start);
      const position = places.at(start);
      if (end < 0) throw new Refusal('This "{{" is not closed.', position);
      writer.literal(text.slice(index, start));
      writer.markup(`{{ ${inputName(text.slice(start + 2, end).trim(), position)} }}`, position);
      index = end + 2;
    }
  } catch (error) {
    if (error instanceof Refusal) throw new FormatFault(error.message, { ...error.position, within });
    throw error;
  }
  writer.literal(text.slice(index));
  return writer.end();
}

/** Liquid that comes out as the text, whatever it looks like. */
export function liquidOfLiteral(text: string): string {
  const writer = new LiquidWriter();
  writer.literal(text);
  return writer.end();
}
