// JSON.parse makes all of a text before anyone can look at it: a line of four mebibytes becomes a hundred times as much
// memory where it is two million brackets. So its shape is counted first, by its signs and without its values.

/** Arrays and objects inside each other, as in any body. */
const MAX_DEPTH = 64;
/** Items and fields of one text: more than the config and the schema of a prompt can hold together. */
const MAX_VALUES = 50_000;

/** Why a text is not read as JSON; the message follows “is”. */
export class JsonFault extends Error {}

/** @throws JsonFault when it is not JSON, or nests or holds more than any prompt. */
export function parseBoundedJson(text: string): unknown {
  requireBounds(text);
  try {
    return JSON.parse(text);
  } catch {
    throw new JsonFault('not JSON');
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

function requireBounds(text: string): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case COMMA:
        values += 1;
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        values += 1;
        if (depth > MAX_DEPTH) throw new JsonFault(`JSON deeper than ${MAX_DEPTH} levels`);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
    }
    if (values > MAX_VALUES) throw new JsonFault(`JSON of more than ${MAX_VALUES} values`);
  }
}

/** Where the string ends that begins at `from`. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}
