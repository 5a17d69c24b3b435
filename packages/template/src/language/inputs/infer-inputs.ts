import type { JsonValue } from '../../json-value.ts';
import type { Template } from '../parse.ts';
import type { Argument, Case, Choice, Include, Loop, Node } from '../syntax/syntax.ts';
import { bodiesOf } from '../syntax/syntax.ts';
import { faultAt } from '../template-error.ts';
import { InputReader, isWord } from './reader.ts';
import { type Changes, type Reference, Scope } from './scope.ts';
import { Shape } from './shape.ts';

/** Which reading of the language this is. Raised whenever a text may be read otherwise, or give other inputs, than before. */
export const LANGUAGE_VERSION = 3;

/** Nodes that are looked at, those of included prompts each time that they are included. */
const MAX_NODES = 50_000;

export type InputSchema = { [keyword: string]: JsonValue };

/** A list of messages that the caller puts into a chat prompt. */
export interface MessageInput {
  readonly name: string;
  readonly schema: InputSchema;
}

/**
 * What the inputs of texts must be, as JSON Schema 2020-12: an object of exactly the names that they read.
 *
 * An input is required if some place reads it where nothing makes sure that it is there: neither a condition that asks for
 * it, nor `default`. Its type follows from what is done with it; one that is not required may be null as well. An object
 * has the properties that are read, and may have others only where it is read as a whole.
 *
 * @throws TemplateError where prompts that include one another are too many
 */
export function inferInputs(templates: readonly Template[], messages: readonly MessageInput[] = []): InputSchema {
  const root = new Shape(0);
  const walk = new Walk(root);
  for (const template of templates) walk.template(template, new Scope());
  const inferred = root.objectSchema();
  const schema: InputSchema = { type: 'object', properties: {}, additionalProperties: false, ...inferred };
  const properties = new Map(Object.entries(schema.properties as InputSchema));
  for (const { name, schema: list } of messages) properties.set(name, list);
  const required = new Set([...((schema.required ?? []) as string[]), ...messages.map(({ name }) => name)]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.size > 0 ? { required: [...required] } : {}),
    additionalProperties: false,
  };
}

class Walk {
  readonly #reader: InputReader;
  #template: Template | undefined;
  #nodes = 0;

  constructor(root: Shape) {
    this.#reader = new InputReader(root);
  }

  template(template: Template, scope: Scope): void {
    const outer = this.#template;
    this.#template = template;
    this.#body(template.nodes, scope);
    this.#template = outer;
  }

  #body(nodes: readonly Node[], scope: Scope): void {
    for (const node of nodes) this.#node(node, scope);
  }

  #node(node: Node, scope: Scope): void {
    if (++this.#nodes > MAX_NODES) {
      throw faultAt(
        this.#template?.source ?? '',
        node.at,
        'limit',
        `with what it includes, it has more than ${MAX_NODES} parts`,
      );
    }
    switch (node.kind) {
      case 'output':
        if (node.value !== undefined) this.#reader.use(this.#reader.value(node.value, scope), 'text', scope);
        return;
      case 'assign':
        scope.assign(node.name, this.#reader.value(node.value, scope));
        return;
      case 'capture':
        this.#body(node.body, scope);
        scope.assign(node.name, {});
        return;
      case 'increment':
      case 'decrement':
        scope.assign(node.name, {});
        return;
      case 'if':
      case 'unless':
        this.#choice(node, scope);
        return;
      case 'case':
        this.#case(node, scope);
        return;
      case 'for':
      case 'tablerow':
        this.#loop(node, scope);
        return;
      case 'cycle':
        if (node.group !== undefined) this.#reader.use(this.#reader.operand(node.group, scope), 'text', scope);
        for (const value of node.values) this.#reader.use(this.#reader.value(value, scope), 'text', scope);
        return;
      case 'render':
        this.#include(node, scope);
        return;
    }
  }

  #choice({ kind, branches, otherwise }: Choice, scope: Scope): void {
    const ways: Changes[] = [];
    const rest: Shape[] = [];
    for (const [index, { condition, body }] of branches.entries()) {
      const facts = this.#reader.condition(condition, scope);
      const isNegated = kind === 'unless' && index === 0;
      ways.push(scope.way(isNegated ? facts.whenFalse : facts.whenTrue, () => this.#body(body, scope)));
      const others = isNegated ? facts.whenTrue : facts.whenFalse;
      scope.learn(others);
      rest.push(...others);
    }
    ways.push(scope.way([], () => this.#body(otherwise ?? [], scope)));
    scope.forget(rest);
    scope.join(ways);
  }

  #case({ value, branches, otherwise }: Case, scope: Scope): void {
    const isCaught = branches.some(({ values }) => values.some((operand) => isWord(operand, 'nil', 'blank')));
    const { asked, facts } = this.#reader.asked(value, scope, isCaught);
    const types = new Set(branches.flatMap(({ values }) => values.map(({ kind }) => kind)));
    if (types.has('string') || types.has('number')) this.#reader.use(asked, 'text', scope);
    else this.#reader.touch(asked, scope);
    const ways: Changes[] = [];
    for (const { values, body } of branches) {
      for (const operand of values) this.#reader.touch(this.#reader.operand(operand, scope), scope);
      const isThere = values.every(({ kind }) => kind === 'string' || kind === 'number');
      ways.push(scope.way(isThere ? facts : [], () => this.#body(body, scope)));
    }
    ways.push(scope.way(isCaught ? facts : [], () => this.#body(otherwise, scope)));
    scope.join(ways);
  }

  #loop({ kind, variable, collection, settings, body, otherwise }: Loop, scope: Scope): void {
    const list = this.#reader.operand(collection, scope);
    if (list.shape !== undefined) this.#reader.use(list, 'list', scope);
    for (const { name, value } of settings) {
      const isContinue = name === 'offset' && value?.kind === 'path' && value.root === 'continue';
      if (value !== undefined && !isContinue) this.#reader.use(this.#reader.operand(value, scope), 'integer', scope);
    }
    const element = this.#reader.elementOf(list);
    const names = new Map<string, Reference>([[variable, element]]);
    const inside = scope.loop(names, element.shape, assignedIn(body), () => this.#body(body, scope));
    const without = scope.way([], () => this.#body(kind === 'for' ? otherwise : [], scope));
    scope.join([inside, without]);
  }

  #include({ reference, binding, parameters }: Include, scope: Scope): void {
    const names = new Map<string, Reference>();
    for (const { name, value } of parameters) if (name !== undefined) names.set(name, this.#given(value, scope));
    if (binding !== undefined) {
      const bound = this.#reader.operand(binding.value, scope);
      if (binding.each && bound.shape !== undefined) this.#reader.use(bound, 'list', scope);
      names.set(binding.name, binding.each ? this.#reader.elementOf(bound) : bound);
    }
    const included = this.#template?.includes.get(reference);
    if (included !== undefined) this.template(included, scope.include(names));
  }

  #given(value: Argument['value'], scope: Scope): Reference {
    return value === undefined ? {} : this.#reader.operand(value, scope);
  }
}

/** Names that a body assigns, however deep. In a loop they may be there from the turn before. */
function assignedIn(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => {
    const inner = bodiesOf(node).flatMap(assignedIn);
    return 'name' in node ? [node.name, ...inner] : inner;
  });
}
