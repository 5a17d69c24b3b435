import { isJsonObject, type JsonValue } from '../../json-value.ts';
import { parse } from '../../language/parse.ts';
import type {
  Case,
  Choice as LiquidChoice,
  Loop as LiquidLoop,
  Operand as LiquidOperand,
  Node,
  Value,
} from '../../language/syntax/syntax.ts';
import { TemplateError } from '../../language/template-error.ts';
import { Places, Refusal } from '../refusal.ts';
import type { Choice, Operand, Part, Reference, Test } from './parts.ts';
import { joined, knownAnswer, NoTest, negated, TestReader } from './read-tests.ts';
import { elementOf, inputOf, type Known, mayBeMissing, memberOf, unknown } from './values/known-values.ts';
import { BOOLEANS, isWithin, LISTS, NEEDS_NO_DEFAULT, NIL, NUMBERS } from './values/value-kinds.ts';

/**
 * A Liquid template as parts.
 *
 * @param inputs a schema of its inputs: conditions are the same where they are for all values that it allows
 * @throws Refusal at the first place that says more than parts do
 */
export function readParts(source: string, inputs: JsonValue): Part[] {
  const nodes = nodesOf(source);
  return new PartReader(source, inputs).parts(nodes, new Map(), true);
}

function nodesOf(source: string): readonly Node[] {
  try {
    return parse(source).nodes;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new Refusal(`It is no template: ${error.message}.`, { line: error.line, column: error.column });
  }
}

type Names = ReadonlyMap<string, Known & { readonly origin: 'item' | 'set' | 'loop' }>;

class PartReader {
  readonly #places: Places;
  readonly #inputs: JsonValue;
  readonly #set = new Map<string, Known & { readonly origin: 'set' }>();

  constructor(source: string, inputs: JsonValue) {
    this.#places = new Places(source);
    this.#inputs = inputs;
  }

  /** @param isTop whether they stand in no block */
  parts(nodes: readonly Node[], names: Names, isTop: boolean): Part[] {
    const parts: Part[] = [];
    for (const node of nodes) {
      for (const part of this.#node(node, names, isTop)) {
        const last = parts.at(-1);
        if (part.kind === 'text' && last?.kind === 'text')
          parts[parts.length - 1] = { ...last, text: last.text + part.text };
        else if (!saysNothing(part)) parts.push(part);
      }
    }
    return parts;
  }

  #node(node: Node, names: Names, isTop: boolean): readonly Part[] {
    const { at } = node;
    switch (node.kind) {
      case 'text':
      case 'raw':
        return [{ kind: 'text', text: node.text, at }];
      case 'comment':
      case 'note':
        return [];
      case 'output':
        return node.value === undefined ? [] : this.#value(node.value, names, at);
      case 'if':
      case 'unless':
        return this.#choice(node, names);
      case 'case':
        return this.#case(node, names);
      case 'for':
        return [this.#loop(node, names)];
      case 'assign': {
        if (!isTop) throw this.#refusal('What is set within a block has no counterpart there', at);
        const { value, filters } = this.#filtered(node.value, names, at);
        const known = value.kind === 'path' && filters.length === 0 ? value : unknown;
        if (isInput(this.#inputs, node.name)) {
          throw this.#refusal(`"${node.name}" is an input and a name that is set, which are one there`, at);
        }
        this.#set.set(node.name, { kinds: known.kinds, schema: known.schema, origin: 'set' });
        return [{ kind: 'set', name: node.name, value, filters, at }];
      }
      case 'render':
        if (node.binding !== undefined || node.parameters.length > 0) {
          throw this.#refusal('A prompt that is included with parameters has no counterpart there', at);
        }
        return [{ kind: 'include', reference: node.reference, at }];
      default:
        throw this.#refusal(`The tag "${node.kind}" has no counterpart there`, at);
    }
  }

  #value(value: Value, names: Names, at: number): readonly Part[] {
    const { value: read, filters } = this.#filtered(value, names, at);
    const instead = defaultOf(filters);
    if (read.kind === 'path' && instead !== null) {
      const test: Test = { kind: 'is', of: read, kinds: NEEDS_NO_DEFAULT, at };
      const no: Part[] = instead === '' ? [] : [{ kind: 'text', text: instead, at }];
      return chosen({ kind: 'choice', test, yes: [{ kind: 'value', value: read, filters: [], at }], no, at });
    }
    if (read.kind === 'literal' && filters.length === 0) return [{ kind: 'text', text: String(read.value), at }];
    return [{ kind: 'value', value: read, filters, at }];
  }

  #filtered({ expression, filters }: Value, names: Names, at: number) {
    const value = expression.kind === 'operation' ? null : this.#operand(expression, names);
    if (value === null) throw this.#refusal('This value has no counterpart there', at);
    return { value, filters };
  }

  #choice({ kind, branches, otherwise, at }: LiquidChoice, names: Names): readonly Part[] {
    const [first, ...others] = branches;
    if (first === undefined) return this.parts(otherwise ?? [], names, false);
    const asked = this.#test(first.condition, names, at);
    const yes = this.parts(first.body, names, false);
    const no = this.#choice({ kind: 'if', branches: others, otherwise, at }, names);
    return chosen({ kind: 'choice', test: kind === 'unless' ? negated(asked) : asked, yes, no, at });
  }

  /** Its branches are each asked for in LiquidJS, so no value may stand in two of them. */
  #case({ value, branches, otherwise, at }: Case, names: Names): readonly Part[] {
    const all = branches.flatMap(({ values }) => values);
    const texts = all.map((literal) => JSON.stringify(this.#operand(literal, names)));
    if (
      value.filters.length > 0 ||
      value.expression.kind !== 'path' ||
      all.some(({ kind }) => kind !== 'string' && kind !== 'number')
    ) {
      throw this.#refusal('A "case" of anything but a name and literals has no counterpart there', at);
    }
    if (new Set(texts).size < texts.length)
      throw this.#refusal('A "case" with a value twice has no counterpart there', at);
    const left = value.expression;
    let parts: readonly Part[] = this.parts(otherwise, names, false);
    for (const { values, body } of branches.toReversed()) {
      const tests = values.map((right) =>
        this.#test(
          { expression: { kind: 'operation', operator: '==', operands: [left, right] }, filters: [] },
          names,
          at,
        ),
      );
      const yes = this.parts(body, names, false);
      parts = chosen({ kind: 'choice', test: joined('or', tests, at), yes, no: parts, at });
    }
    return parts;
  }

  #loop({ variable, collection, settings, body, otherwise, at }: LiquidLoop, names: Names): Part {
    const list = this.#operand(collection, names);
    if (settings.length > 0)
      throw this.#refusal(`"${settings[0]?.name ?? 'A setting'}" of a loop has no counterpart there`, at);
    if (list?.kind !== 'path' || list.origin === 'loop')
      throw this.#refusal('A loop over anything but a name has no counterpart there', at);
    if (!isWithin(list.kinds, LISTS | NIL))
      throw this.#refusal('A loop over what may be no list has no counterpart there', at);
    const item = { ...elementOf(list), origin: 'item' as const };
    const inside: Names = new Map([...names, [variable, item], ['forloop', { ...unknown, origin: 'loop' as const }]]);
    const none = this.parts(otherwise, names, false);
    return { kind: 'loop', name: variable, list, body: this.parts(body, inside, false), none, at };
  }

  #test({ expression, filters }: Value, names: Names, at: number): Test {
    try {
      if (filters.length > 0) throw new NoTest('a filter in a condition');
      return new TestReader((operand) => this.#operand(operand, names)).test(expression, at);
    } catch (error) {
      if (!(error instanceof NoTest)) throw error;
      throw this.#refusal(`What is asked here (${error.message}) has no counterpart there`, at);
    }
  }

  #operand(operand: LiquidOperand, names: Names): Operand | null {
    if (operand.kind === 'string') return { kind: 'literal', value: operand.text };
    if (operand.kind === 'number') return { kind: 'literal', value: Number(operand.digits) };
    if (operand.kind === 'word' && (operand.word === 'true' || operand.word === 'false')) {
      return { kind: 'literal', value: operand.word === 'true' };
    }
    return operand.kind === 'path' ? this.#reference(operand, names) : null;
  }

  #reference({ root, steps }: LiquidOperand & { kind: 'path' }, names: Names): Reference | null {
    const isLoop = root === 'forloop' && names.get(root)?.origin === 'loop';
    if (typeof root !== 'string' || !steps.every(isStep)) return null;
    if (isLoop) {
      const isFact = steps[0] === 'first' || steps[0] === 'last';
      return {
        kind: 'path',
        root,
        steps,
        origin: 'loop',
        kinds: isFact ? BOOLEANS : NUMBERS,
        schema: true,
        hasHolder: true,
      };
    }
    if (steps.some((step) => OF_ITSELF.has(String(step)))) return null;
    const found = names.get(root) ?? this.#set.get(root);
    let known: Known = found ?? inputOf(this.#inputs, root);
    let hasHolder = true;
    for (const step of steps) {
      hasHolder &&= !mayBeMissing(known);
      known = memberOf(known, step);
    }
    return {
      kind: 'path',
      root,
      steps,
      origin: found?.origin ?? 'input',
      kinds: known.kinds,
      schema: known.schema,
      hasHolder,
    };
  }

  #refusal(reason: string, at: number): Refusal {
    return new Refusal(`${reason}.`, this.#places.at(at));
  }
}

/** A choice, or what stands in its one branch that can be taken. */
function chosen(choice: Choice): readonly Part[] {
  const answer = knownAnswer(choice.test);
  return answer === null ? [choice] : answer ? choice.yes : choice.no;
}

const isInput = (inputs: JsonValue, name: string): boolean =>
  isJsonObject(inputs) && isJsonObject(inputs.properties) && Object.hasOwn(inputs.properties, name);

/** Whether a part writes nothing, whatever the values are. */
function saysNothing(part: Part): boolean {
  if (part.kind === 'text') return part.text === '';
  if (part.kind === 'choice') return part.yes.length === 0 && part.no.length === 0;
  return part.kind === 'loop' && part.body.length === 0 && part.none.length === 0;
}

/** The text of a `default` that is the only filter; null where there is none. */
function defaultOf([filter, another]: Value['filters']): string | null {
  const [instead, setting] = filter?.args ?? [];
  const isText = filter?.name === 'default' && another === undefined && setting === undefined;
  return isText && instead?.name === undefined && instead?.value?.kind === 'string' ? instead.value.text : null;
}

/** Lists and texts have these of themselves in Liquid. */
const OF_ITSELF: ReadonlySet<string> = new Set(['size', 'first', 'last', 'length']);

const isStep = (step: unknown): step is string | number =>
  typeof step === 'string' || (typeof step === 'number' && step >= 0);
