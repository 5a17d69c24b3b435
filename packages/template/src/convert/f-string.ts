import { LiquidWriter } from './liquid/liquid-writer.ts';
import { inputName } from './liquid/paths.ts';
import { Places, Refusal } from './refusal.ts';

/**
 * LangChain's f-strings: `{name}` is a value, `{{` and `}}` are braces. What Python would also read in the braces (a format, a
 * conversion, a member) is refused, since LangChain for JavaScript takes it for a name.
 */
export function convertFString(source: string): string {
  const writer = new LiquidWriter();
  const places = new Places(source);
  let index = 0;
  while (index < source.length) {
    const unit = source[index] as string;
    if ((unit === '{' || unit === '}') && source[index + 1] === unit) {
      writer.literal(unit);
      index += 2;
    } else if (unit === '{') {
      index = convertValue(source, index, { writer, places });
    } else if (unit === '}') {
      throw new Refusal('A single "}" closes nothing: as text it is written "}}".', places.at(index));
    } else {
      const end = endOfText(source, index);
      writer.literal(source.slice(index, end));
      index = end;
    }
  }
  return writer.end();
}

interface Target {
  readonly writer: LiquidWriter;
  readonly places: Places;
}

/** Answers where the text goes on. */
function convertValue(source: string, start: number, { writer, places }: Target): number {
  const position = places.at(start);
  const end = source.indexOf('}', start);
  if (end < 0) throw new Refusal('This "{" is not closed: as text it is written "{{".', position);
  writer.markup(`{{ ${inputName(source.slice(start + 1, end), position)} }}`, position);
  return end + 1;
}

function endOfText(source: string, start: number): number {
  let end = start;
  while (end < source.length && source[end] !== '{' && source[end] !== '}') end++;
  return end;
}
