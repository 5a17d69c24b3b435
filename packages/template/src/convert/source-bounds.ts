import { Places, Refusal } from './refusal.ts';

const MAX_RUN = 1_000;
const MAX_NESTING = 100;

/** The parsers of Handlebars and Mustache look through a run of white space once for each character of it. */
export function refuseLongWhitespace(source: string): void {
  let start = 0;
  for (let index = 0; index < source.length; index++) {
    if (source[index]?.trim() !== '') start = index + 1;
    else if (index - start >= MAX_RUN) {
      throw new Refusal(`More than ${MAX_RUN} characters of white space in a row.`, new Places(source).at(start));
    }
  }
}

/** Handlebars' parser takes time by the square of how deep blocks are. `{{else if}}` is a block within the block before it. */
export function refuseDeepBlocks(source: string): void {
  let depth = 0;
  let at = 0;
  for (let open = source.indexOf('{{'); open >= 0; open = source.indexOf('{{', at)) {
    at = open + 2;
    while (source[at] === '{' || source[at] === '~') at++;
    const tag = source.slice(at, at + 5);
    if (tag.startsWith('/')) depth = Math.max(0, depth - 1);
    else if (tag.startsWith('#') || tag === 'else ') depth++;
    if (depth > MAX_NESTING) throw new Refusal('Blocks are nested too deeply.', new Places(source).at(open));
  }
}
