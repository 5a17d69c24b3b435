import { type Places, type Position, Refusal } from '../refusal.ts';

/** A piece of a Jinja template. White space that `-` takes away is gone already. */
export type Piece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'output' | 'tag'; readonly code: string; readonly offset: number; readonly position: Position };

const ENDS: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '{#': '#}' };

/**
 * The pieces of a template, comments left out and `{% raw %}` as text.
 *
 * @throws Refusal where a tag or a text in it is not closed
 */
export function readPieces(source: string, places: Places): Piece[] {
  const pieces: Piece[] = [];
  let index = 0;
  let trimsStart = false;
  const addText = (end: number, trimsEnd: boolean) => {
    const text = source.slice(index, end);
    const startTrimmed = trimsStart ? text.trimStart() : text;
    pieces.push({ type: 'text', text: trimsEnd ? startTrimmed.trimEnd() : startTrimmed });
  };
  for (let start = nextTag(source, 0); start >= 0; start = nextTag(source, index)) {
    addText(start, source[start + 2] === '-');
    const tag = readTag(source, start, places);
    trimsStart = tag.trimsAfter;
    index = tag.end;
    if (tag.type === 'tag' && tag.code.trim() === 'raw') {
      const close = endOfRaw(source, index, places);
      addText(close.start, close.trimsBefore);
      trimsStart = close.trimsAfter;
      index = close.end;
    } else if (tag.type !== 'comment') {
      pieces.push({ type: tag.type, code: tag.code, offset: tag.codeStart, position: places.at(start) });
    }
  }
  addText(source.length, false);
  return pieces;
}

function nextTag(source: string, from: number): number {
  for (let index = source.indexOf('{', from); index >= 0; index = source.indexOf('{', index + 1)) {
    if (ENDS[source.slice(index, index + 2)] !== undefined) return index;
  }
  return -1;
}

interface Tag {
  readonly type: 'output' | 'tag' | 'comment';
  readonly code: string;
  readonly codeStart: number;
  readonly end: number;
  readonly trimsAfter: boolean;
}

function readTag(source: string, start: number, places: Places): Tag {
  const opening = source.slice(start, start + 2);
  const close = ENDS[opening] as string;
  const type = opening === '{{' ? 'output' : opening === '{%' ? 'tag' : 'comment';
  const codeStart = start + (source[start + 2] === '-' ? 3 : 2);
  const end = type === 'comment' ? source.indexOf(close, codeStart) : endOfCode(source, codeStart, close, places);
  if (end < 0) throw new Refusal(`This "${opening}" is not closed.`, places.at(start));
  const trimsAfter = source[end - 1] === '-' && end > codeStart;
  return { type, code: source.slice(codeStart, trimsAfter ? end - 1 : end), codeStart, end: end + 2, trimsAfter };
}

/** Texts in quotes may hold the end of a tag. */
function endOfCode(source: string, from: number, close: string, places: Places): number {
  let index = from;
  while (index < source.length && !source.startsWith(close, index)) {
    const unit = source[index];
    index = unit === '"' || unit === "'" ? endOfQuoted(source, index, places) : index + 1;
  }
  return index < source.length ? index : -1;
}

function endOfQuoted(source: string, start: number, places: Places): number {
  for (let index = start + 1; index < source.length; index++) {
    if (source[index] === '\\') index++;
    else if (source[index] === source[start]) return index + 1;
  }
  throw new Refusal('This text is not closed.', places.at(start));
}

function endOfRaw(source: string, from: number, places: Places) {
  for (let start = source.indexOf('{%', from); start >= 0; start = source.indexOf('{%', start + 2)) {
    const trimsBefore = source[start + 2] === '-';
    const code = source.slice(start + (trimsBefore ? 3 : 2), start + 40).trimStart();
    const end = source.indexOf('%}', start);
    if (!code.startsWith('endraw') || end < 0) continue;
    return { start, trimsBefore, trimsAfter: source[end - 1] === '-', end: end + 2 };
  }
  throw new Refusal('This "raw" is not closed.', places.at(from));
}
