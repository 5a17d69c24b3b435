import {
  type Context,
  type Emitter,
  evalToken,
  Hash,
  type Liquid,
  Tag,
  type TagToken,
  type Tokenizer,
  type TopLevelToken,
} from 'liquidjs';
import { STEP } from './budget.ts';
import { boundedBy, countElements } from './tags.ts';

type Read = ReturnType<Tokenizer['readValueOrThrow']>;

/** Thrown within the engine, which adds the place. */
export class IncludeMissing extends Error {}

/** `{% render 'reference' with value as name, parameter: value %}`: another prompt, in a scope of its own. */
export class RenderPrompt extends Tag {
  readonly reference: string;
  readonly binding: { each: boolean; value: Read; name: string } | undefined;
  readonly parameters: Hash;

  constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid) {
    super(token, rest, liquid);
    const { tokenizer } = this;
    const reference = tokenizer.readQuoted()?.content.trim() ?? '';
    tokenizer.assert(
      reference !== '',
      "`render` needs the reference of a prompt in quotes: {% render 'tone@production' %}",
    );
    this.reference = reference;
    this.binding = readBinding(tokenizer);
    this.parameters = new Hash(tokenizer, liquid.options.keyValueSeparator);
    for (const [name, value] of Object.entries(this.parameters.hash)) {
      tokenizer.assert(value !== undefined, `the parameter \`${name}\` has no value: write \`${name}: value\``);
    }
  }

  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const bounded = boundedBy(context);
    const program = bounded.includes.get(this.reference);
    if (program === undefined) throw new IncludeMissing(`the prompt \`${this.reference}\` was not given`);
    const parameters: object = Object.assign(Object.create(null), yield this.parameters.render(context));
    const { binding } = this;
    const bound = binding && (yield evalToken(binding.value, context));
    if (binding?.each) countElements(bound, bounded);
    const turns = binding?.each ? elementsOf(bound) : [bound];
    for (const [index, value] of turns.entries()) {
      bounded.budget.spend(STEP);
      if (binding !== undefined) Reflect.set(parameters, binding.name, value);
      if (binding?.each) Reflect.set(parameters, 'forloop', turn(index, turns.length));
      const child = bounded.forInclude(parameters, program.includes);
      try {
        yield this.liquid.renderer.renderTemplates(program.templates, child, emitter);
      } catch (error) {
        throw withReference(error, this.reference);
      }
    }
  }
}

/** `with value as name` or `for values as name`; a parameter may be called `with` or `for` as well. */
function readBinding(tokenizer: Tokenizer): RenderPrompt['binding'] {
  tokenizer.skipBlank();
  if (tokenizer.peek() === ',') tokenizer.advance();
  const begin = tokenizer.p;
  const keyword = tokenizer.readIdentifier().content;
  tokenizer.skipBlank();
  if ((keyword !== 'with' && keyword !== 'for') || tokenizer.peek() === ':') {
    tokenizer.p = begin;
    return undefined;
  }
  const value = tokenizer.readValueOrThrow();
  const as = tokenizer.readIdentifier().content;
  const name = tokenizer.readIdentifier().content;
  tokenizer.assert(as === 'as' && name !== '', `say what the prompt calls the value: \`${keyword} … as name\``);
  tokenizer.skipBlank();
  if (tokenizer.peek() === ',') tokenizer.advance();
  return { each: keyword === 'for', value, name };
}

function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value === null || value === undefined || value === '') return [];
  return typeof value === 'object' ? Object.entries(value) : [value];
}

function turn(index: number, length: number): object {
  const [rindex0, last] = [length - index - 1, index === length - 1];
  return { index: index + 1, index0: index, rindex: rindex0 + 1, rindex0, first: index === 0, last, length };
}

/** The innermost prompt that a fault lies in. */
const faulty = new WeakMap<object, string>();

function withReference(error: unknown, reference: string): unknown {
  if (typeof error === 'object' && error !== null && !faulty.has(error)) faulty.set(error, reference);
  return error;
}

/** The reference of the included prompt that an error of the engine comes from. */
export function referenceOf(error: object): string | undefined {
  return faulty.get(error);
}
