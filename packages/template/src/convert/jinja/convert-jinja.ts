import { areSame, NEEDS_NO_DEFAULT } from '../from-liquid/values/value-kinds.ts';
import type { KnownPaths } from '../liquid/known-paths.ts';
import { LiquidWriter } from '../liquid/liquid-writer.ts';
import { FreshNames, inputName, shown } from '../liquid/paths.ts';
import { quote } from '../liquid/quote.ts';
import { Places, type Position, Refusal } from '../refusal.ts';
import { ConditionWriter } from './jinja-conditions.ts';
import { type Expression, ExpressionReader } from './jinja-expression.ts';
import type { JinjaFlavor } from './jinja-flavor.ts';
import { type Piece, readPieces } from './jinja-tags.ts';
import { filteredOf, isLoopFact } from './jinja-values.ts';

const MAX_DEPTH = 40;

/**
 * Jinja as Liquid: values, `if`, `for` over lists, `set` outside of loops, `raw`, comments, and the filters that Liquid has too.
 * Escaping is off, as it is wherever prompts are rendered.
 */
export function convertJinja(source: string, flavor: JinjaFlavor, known: KnownPaths): string {
  const text = flavor.isPython ? source.replaceAll(/\r\n?/g, '\n').replace(/\n$/, '') : source;
  const converter = new JinjaConverter(text, flavor, known);
  return converter.convert();
}

interface Block {
  readonly type: 'if' | 'unless' | 'for';
  readonly position: Position;
  hasElse: boolean;
  /** What a loop calls each of its list. */
  readonly item: string | undefined;
  /** Called where it ends. */
  readonly leave: (() => void) | undefined;
}

type Code = Piece & { readonly type: 'output' | 'tag' };

const tagName = ({ code }: Code): string => /^\s*(\w*)/.exec(code)?.[1] ?? '';

class JinjaConverter {
  readonly #writer = new LiquidWriter();
  readonly #places: Places;
  readonly #names: FreshNames;
  readonly #pieces: readonly Piece[];
  readonly #flavor: JinjaFlavor;
  readonly #known: KnownPaths;
  readonly #blocks: Block[] = [];

  constructor(source: string, flavor: JinjaFlavor, known: KnownPaths) {
    this.#known = known;
    this.#places = new Places(source);
    this.#names = new FreshNames(source);
    this.#pieces = readPieces(source, this.#places);
    this.#flavor = flavor;
  }

  convert(): string {
    for (const [index, piece] of this.#pieces.entries()) {
      if (piece.type === 'text') this.#writer.literal(piece.text);
      else if (piece.type === 'output') this.#output(piece);
      else this.#tag(piece, index);
    }
    const open = this.#blocks.at(-1);
    if (open !== undefined) throw new Refusal('This block is not closed.', open.position);
    return this.#writer.end();
  }

  get #isInLoop(): boolean {
    return this.#blocks.some(({ type }) => type === 'for');
  }

  #output(piece: Code): void {
    const reader = this.#reader(piece);
    const expression = reader.expression();
    reader.end();
    if (expression.kind === 'text') this.#writer.literal(expression.value);
    else if (expression.kind === 'filter' && expression.name === 'default') this.#default(expression, piece.position);
    else this.#print(expression, piece.position);
  }

  #print(expression: Expression, position: Position): void {
    const liquid = filteredOf(expression, this.#isInLoop, this.#flavor);
    if ((expression.kind === 'boolean' || isLoopFact(liquid)) && !this.#flavor.printsBooleans) {
      throw new Refusal('Python prints "True" and "False", Liquid "true" and "false".', position);
    }
    this.#writer.markup(`{{ ${liquid} }}`, position);
  }

  /** Jinja's default is for what is missing; Liquid's is for what is empty too. */
  #default({ of, args }: Expression & { readonly kind: 'filter' }, position: Position): void {
    const [instead, isForFalsy] = args;
    const isKnown = isForFalsy === undefined || isForFalsy.kind === 'boolean';
    if (of.kind !== 'path' || instead?.kind !== 'text' || !isKnown || args.length > 2) {
      throw new Refusal('Only a name can have a default here, and only a text.', position);
    }
    const liquid = filteredOf(of, this.#isInLoop, this.#flavor);
    const isFalsy = isForFalsy?.kind === 'boolean' && isForFalsy.value;
    const kinds = this.#known.kindsOf(liquid);
    if (isFalsy && areSame(this.#flavor.truth, NEEDS_NO_DEFAULT, kinds)) {
      this.#writer.markup(`{{ ${liquid} | default: ${quote(instead.value)} }}`, position);
      return;
    }
    const condition = isFalsy ? this.#flavor.isTruthy(liquid, kinds) : `${liquid} != nil`;
    this.#writer.markup(`{% if ${condition} %}{{ ${liquid} }}{% else %}`, position);
    this.#writer.literal(instead.value);
    this.#writer.markup('{% endif %}', position);
  }

  #tag(piece: Code, index: number): void {
    const reader = this.#reader(piece);
    const name = tagName(piece);
    reader.expectWord(name);
    if (name === 'if') this.#if(reader, piece.position, index);
    else if (name === 'elif') this.#elif(piece.position);
    else if (name === 'else') this.#else(reader, piece.position, index);
    else if (name === 'for') this.#for(reader, piece.position);
    else if (name === 'set') this.#set(reader, piece.position);
    else if (name === 'endif' || name === 'endfor') this.#end(name.slice(3), reader, piece.position);
    else throw new Refusal(`The tag "${shown(name)}" has no counterpart in Liquid.`, piece.position);
  }

  /** The conditions of its `elif`s are read here too: what they need stands before the whole. */
  #if(reader: ExpressionReader, position: Position, index: number): void {
    const condition = reader.expression();
    reader.end();
    const conditions = new ConditionWriter(this.#flavor, this.#isInLoop, this.#known, () => this.#names.take('is'));
    const alternatives = this.#alternatives(index).map((piece) => {
      const alternative = this.#reader(piece);
      alternative.expectWord('elif');
      const expression = alternative.expression();
      alternative.end();
      return conditions.write(expression);
    });
    const isUnless = condition.kind === 'not' && alternatives.length === 0;
    const liquid = conditions.write(isUnless ? condition.of : condition);
    const type = isUnless ? 'unless' : 'if';
    this.#open(type, position);
    this.#elifs.push(alternatives);
    this.#writer.markup(`${conditions.before}{% ${type} ${liquid} %}`, position);
  }

  /** What is left of the `elif`s of each open `if`. */
  readonly #elifs: string[][] = [];

  #alternatives(index: number): Code[] {
    const found: Code[] = [];
    for (const { code, tag, depth } of this.#within(index)) if (tag === 'elif' && depth === 0) found.push(code);
    return found;
  }

  /** The code that follows within the same block and its end, with the tag that it is and how many blocks deeper it stands. */
  *#within(
    index: number,
  ): Generator<{ readonly code: Code; readonly tag: string | undefined; readonly depth: number }> {
    let depth = 0;
    for (let next = index + 1; next < this.#pieces.length; next++) {
      const code = this.#pieces[next];
      if (code?.type !== 'tag' && code?.type !== 'output') continue;
      const tag = code.type === 'tag' ? tagName(code) : undefined;
      yield { code, tag, depth };
      if (tag === 'if' || tag === 'for') depth++;
      if ((tag === 'endif' || tag === 'endfor') && --depth < 0) return;
    }
  }

  #elif(position: Position): void {
    const block = this.#blocks.at(-1);
    const condition = this.#elifs.at(-1)?.shift();
    if (block?.type !== 'if' || block.hasElse || condition === undefined)
      throw new Refusal('This "elif" is in no "if".', position);
    this.#writer.markup(`{% elsif ${condition} %}`, position);
  }

  #else(reader: ExpressionReader, position: Position, index: number): void {
    reader.end();
    const block = this.#blocks.at(-1);
    if (block === undefined || block.hasElse) throw new Refusal('This "else" is in no block.', position);
    block.hasElse = true;
    const { item } = block;
    if (item !== undefined && this.#isNamedBelow(item, index))
      throw new Refusal(`"${item}" is nothing in the "else" of its loop, whatever it is outside.`, position);
    this.#writer.markup('{% else %}', position);
  }

  /** Whether a name stands in what follows within the same block. */
  #isNamedBelow(name: string, index: number): boolean {
    for (const { code } of this.#within(index)) if (code.code.split(/\W+/).includes(name)) return true;
    return false;
  }

  #for(reader: ExpressionReader, position: Position): void {
    const item = inputName(reader.name(), position);
    if (item === 'loop' || this.#flavor.globals.has(item))
      throw new Refusal(`"${item}" is a name of the engine.`, position);
    reader.expect('in');
    const list = reader.filtered();
    reader.end();
    if (list.kind !== 'path') throw new Refusal('Only a name can be looped over here.', list.position);
    const liquid = filteredOf(list, this.#isInLoop, this.#flavor);
    this.#open('for', position, item, this.#known.item(item, liquid));
    this.#writer.markup(`{% for ${item} in ${liquid} %}`, position);
  }

  #set(reader: ExpressionReader, position: Position): void {
    if (this.#isInLoop)
      throw new Refusal('What is set in a loop ends with it in Jinja, and goes on in Liquid.', position);
    const name = inputName(reader.name(), position);
    reader.expect('=');
    const value = reader.filtered();
    reader.end();
    this.#known.set(name);
    this.#writer.markup(`{% assign ${name} = ${filteredOf(value, false, this.#flavor)} %}`, position);
  }

  #open(type: Block['type'], position: Position, item?: string, leave?: () => void): void {
    if (this.#blocks.length >= MAX_DEPTH) throw new Refusal('Blocks are nested too deeply.', position);
    this.#blocks.push({ type, position, hasElse: false, item, leave });
  }

  #end(name: string, reader: ExpressionReader, position: Position): void {
    reader.end();
    const block = this.#blocks.pop();
    const closes = block?.type === 'unless' ? 'if' : block?.type;
    if (block === undefined || closes !== name) throw new Refusal(`This closes no "${name}".`, position);
    if (closes === 'if') this.#elifs.pop();
    block.leave?.();
    this.#writer.markup(`{% end${block.type} %}`, position);
  }

  #reader({ code, offset }: Code): ExpressionReader {
    return new ExpressionReader(code, offset, this.#places);
  }
}
