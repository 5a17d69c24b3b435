import { type Context, type Emitter, type Output, Parser, Tokenizer, type TopLevelToken, TypeGuards } from 'liquidjs';
import { templateLimits } from '../limits.ts';
import { faultAt, type TemplateError } from '../template-error.ts';
import { engine, refusedTags, tagNames } from './engine.ts';
import { boundedBy } from './tags.ts';

/** Tags after whose expression nothing may follow; the engine would pass over it. */
const READ_WHOLE = new Set([
  ...[
    'assign',
    'capture',
    'case',
    'cycle',
    'decrement',
    'echo',
    'elsif',
    'for',
    'if',
    'increment',
    'render',
    'tablerow',
  ],
  ...['unless', 'when'],
]);
/** What opens the block that a tag belongs to. */
const OPENERS: Record<string, string> = { else: 'if', elsif: 'if', when: 'case' };

/** The engine's parser, within `templateLimits`, and strict about what the engine passes over. */
export class BoundedParser extends Parser {
  readonly #source: string;
  #depth = 0;
  #tags = 0;
  #markup = 0;

  constructor(source: string) {
    super(engine);
    this.#source = source;
  }

  override parseTokens(tokens: TopLevelToken[]): ReturnType<Parser['parseTokens']> {
    const all = tokens.slice();
    for (const token of all) this.#checkToken(token);
    const templates = super.parseTokens(tokens);
    this.#checkEnds(all);
    return templates;
  }

  override parseToken(token: TopLevelToken, rest: TopLevelToken[]): ReturnType<Parser['parseToken']> {
    if (TypeGuards.isTagToken(token)) this.#checkTag(token.name, token.begin);
    if (++this.#depth > templateLimits.depth)
      throw this.#limit(token, `more than ${templateLimits.depth} blocks lie in one another`);
    const parsed = super.parseToken(token, rest);
    this.#depth--;
    if (TypeGuards.isHTMLToken(token)) writeDirectly(parsed, token.getContent());
    else if (TypeGuards.isOutputToken(token)) {
      const tokenizer = new Tokenizer(token.input, engine.options.operators, undefined, token.contentRange);
      tokenizer.readFilteredValue();
      this.#checkEnd(tokenizer);
      readDirectly(parsed as Output);
    }
    return parsed;
  }

  #checkToken(token: TopLevelToken): void {
    if (TypeGuards.isHTMLToken(token)) return;
    if (++this.#tags > templateLimits.tags) throw this.#limit(token, `it has more than ${templateLimits.tags} tags`);
    const text = token.getText();
    this.#markup += text.length;
    if (this.#markup > templateLimits.markup) {
      throw this.#limit(token, `its tags are longer than ${templateLimits.markup} characters together`);
    }
    let depth = 0;
    let quote = '';
    for (let at = 0; at < text.length; at++) {
      const character = text[at] as string;
      if (quote !== '' && character === '\\') at++;
      else if (quote !== '') quote = character === quote ? '' : quote;
      else if (character === '"' || character === "'") quote = character;
      else if (character === '[' || character === '(') depth++;
      else if (character === ']' || character === ')') depth--;
      if (depth > templateLimits.depth) {
        throw this.#limit(token, `more than ${templateLimits.depth} brackets lie in one another`);
      }
    }
    // Its lines are tags, which the engine reads before it could count them.
    if (TypeGuards.isTagToken(token) && token.name === 'liquid') {
      const lines = text.split('\n').length;
      if (lines + this.#tags > templateLimits.tags) {
        throw this.#limit(token, `it has more than ${templateLimits.tags} tags`);
      }
    }
  }

  #checkTag(name: string, at: number): void {
    if (tagNames.includes(name)) return;
    const instead = refusedTags.get(name);
    if (instead !== undefined)
      throw faultAt(this.#source, at, 'refused_tag', `the tag \`${name}\` is refused: ${instead}`);
    const opener = name.startsWith('end') ? name.slice(3) : OPENERS[name];
    throw faultAt(
      this.#source,
      at,
      'unknown_tag',
      opener !== undefined && [...tagNames, ...refusedTags.keys()].includes(opener)
        ? `\`${name}\` stands outside of \`${opener}\``
        : `there is no tag \`${shown(name)}\`; there are ${tagNames.join(', ')}`,
    );
  }

  #checkEnds(tokens: readonly TopLevelToken[]): void {
    let inComment = false;
    for (const token of tokens) {
      if (!TypeGuards.isTagToken(token)) continue;
      if (inComment) inComment = token.name !== 'endcomment';
      else if (token.name === 'comment') inComment = true;
      else if (READ_WHOLE.has(token.name)) this.#checkEnd(token.tokenizer);
    }
  }

  #checkEnd(tokenizer: Tokenizer): void {
    tokenizer.skipBlank();
    if (tokenizer.end()) return;
    throw faultAt(this.#source, tokenizer.p, 'syntax', `\`${shown(tokenizer.remaining())}\` cannot stand here`);
  }

  #limit(token: TopLevelToken, message: string): TemplateError {
    return faultAt(this.#source, token.begin, 'limit', message);
  }
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** Text needs no generator. */
function writeDirectly(parsed: object, text: string): void {
  Reflect.set(parsed, 'render', (_context: Context, emitter: Emitter) => emitter.write(text));
}

/** Nor does an output of a name with properties and no filter. */
function readDirectly(output: Output): void {
  const [token, ...others] = output.value.initial.postfix;
  if (output.value.filters.length > 0 || others.length > 0 || token === undefined) return;
  if (!TypeGuards.isPropertyAccessToken(token) || token.variable !== undefined) return;
  const path = token.props.map((step) => (TypeGuards.isWordToken(step) ? step.content : undefined));
  if (path.includes(undefined)) return;
  Reflect.set(output, 'render', (context: Context, emitter: Emitter) => emitter.write(boundedBy(context).read(path)));
}
