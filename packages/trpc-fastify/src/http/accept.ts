/** The most of an Accept header that is looked at, in characters; a browser's has about 150. */
const MAX_LENGTH = 2_048;
const TYPE = /^([\w!#$%&'*+.^`|~-]+)\/([\w!#$%&'*+.^`|~-]+)$/;
const VALUE = /^(?:[\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*")$/;
const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

interface MediaRange {
  /** `text/csv`, `text/*` or the range of everything, in lower case. */
  name: string;
  /** Whether it asks for a parameter that no answer of ours has. */
  narrower: boolean;
  quality: number;
}

/** Splits at a separator outside quoted strings, in one pass. */
function split(text: string, separator: ',' | ';'): string[] {
  if (!text.includes('"')) return text.split(separator);
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (quoted && character === '\\') at++;
    else if (!quoted && character === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** One element of Accept; undefined where it is not a media range with an optional weight. */
function rangeOf(element: string): MediaRange | undefined {
  const [first = '', ...parameters] = split(element, ';');
  const name = first.trim().toLowerCase();
  const parts = TYPE.exec(name);
  if (parts === null || (parts[1] === '*' && parts[2] !== '*')) return undefined;
  const range = { name, narrower: false, quality: 1 };
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    const key = parameter.slice(0, Math.max(0, equals)).trim().toLowerCase();
    const value = parameter.slice(equals + 1).trim();
    if (key === '' || !VALUE.test(value)) return undefined;
    if (key === 'q') {
      if (!WEIGHT.test(value)) return undefined;
      range.quality = Number(value);
      break;
    }
    if (key !== 'charset' || !/^"?utf-?8"?$/i.test(value)) range.narrower = true;
  }
  return range;
}

/** 2 for the type itself, 1 for `text/*`, 0 for everything; undefined where the range does not hold the type. */
function specificity({ name, narrower }: MediaRange, type: string): number | undefined {
  if (narrower) return undefined;
  if (name === type) return 2;
  if (name === '*/*') return 0;
  return name.endsWith('/*') && type.startsWith(name.slice(0, -1)) ? 1 : undefined;
}

/**
 * Which of the offered media types, all of them UTF-8 and without parameters, answers an Accept header (RFC 9110,
 * 12.5.1): the one of the highest weight; of equal ones the one that is named most exactly, then the one named first,
 * then the one offered first. Without a header, or with one that is malformed, the first offered; undefined for none.
 */
export function acceptedType(accept: string | undefined, offered: readonly string[]): string | undefined {
  const [preferred] = offered;
  if (accept === undefined || accept === '*/*' || preferred === undefined) return preferred;
  // Named first, exactly and without a weight: nothing that follows is better.
  if (accept.startsWith(preferred) && (accept.length === preferred.length || accept[preferred.length] === ',')) {
    return preferred;
  }
  if (accept.length > MAX_LENGTH) return preferred;
  let malformed = false;
  const ranges: MediaRange[] = [];
  for (const element of split(accept, ',')) {
    if (element.trim() === '') continue;
    const range = rangeOf(element);
    if (range === undefined) malformed = true;
    else ranges.push(range);
  }
  let best: (MediaRangeMatch & { type: string }) | undefined;
  for (const type of offered) {
    const match = matchOf(type, ranges);
    if (match === undefined || match.quality === 0) continue;
    if (best === undefined || isBetter(match, best)) best = { type, ...match };
  }
  if (best !== undefined) return best.type;
  return malformed || ranges.length === 0 ? preferred : undefined;
}

interface MediaRangeMatch {
  quality: number;
  /** As {@link specificity} counts. */
  exactness: number;
  /** Index of the range in the header. */
  place: number;
}

/** How the most specific range that holds a type weighs it; undefined where none holds it. */
function matchOf(type: string, ranges: readonly MediaRange[]): MediaRangeMatch | undefined {
  let found: MediaRangeMatch | undefined;
  for (const [place, range] of ranges.entries()) {
    const exactness = specificity(range, type);
    if (exactness !== undefined && (found === undefined || exactness > found.exactness)) {
      found = { quality: range.quality, exactness, place };
    }
  }
  return found;
}

function isBetter(one: MediaRangeMatch, other: MediaRangeMatch): boolean {
  if (one.quality !== other.quality) return one.quality > other.quality;
  if (one.exactness !== other.exactness) return one.exactness > other.exactness;
  return one.place < other.place;
}
