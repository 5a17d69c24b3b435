import {
  AssignTag,
  BreakTag,
  ContinueTag,
  CycleTag,
  DecrementTag,
  EchoTag,
  Value as EngineValue,
  IfTag,
  IncrementTag,
  LiquidTag,
  Output,
  RawTag,
  type Template,
  type Token,
  TypeGuards,
  UnlessTag,
} from 'liquidjs';
import { RenderPrompt } from '../engine/render-prompt.ts';
import {
  BoundedCapture,
  BoundedCase,
  BoundedFor,
  BoundedTablerow,
  boundedBy,
  KeptComment,
  Note,
} from '../engine/tags.ts';
import { faultAt } from '../template-error.ts';
import { ValueReader } from './read-value.ts';
import type { Argument, Node, Value } from './syntax.ts';

/** Parts of an expression that a node may have without costing more than its step. */
const ORDINARY_SIZE = 3;
/** Units for each part beyond. */
const PART = 20;

/** The engine's templates as a tree. Checks what they say, and lets large nodes cost more. */
export function readTemplates(source: string, templates: readonly Template[]): Node[] {
  const nodes: Node[] = [];
  for (const template of templates) {
    const at = template.token.begin;
    if (template instanceof LiquidTag) nodes.push(...readTemplates(source, template.templates));
    else if (TypeGuards.isHTMLToken(template.token)) {
      const text = template.token.getContent();
      if (text !== '') nodes.push({ kind: 'text', text, at });
    } else nodes.push(readNode(source, template, at));
  }
  return nodes;
}

function readNode(source: string, template: Template, at: number): Node {
  const reader = new ValueReader(source);
  const read = nodeOf(source, template, at, reader);
  const extra = reader.size - ORDINARY_SIZE;
  if (extra > 0) costMore(template, extra * PART);
  return read;
}

function nodeOf(source: string, tag: Template, at: number, reader: ValueReader): Node {
  const body = (templates: readonly Template[]): Node[] => readTemplates(source, templates);
  const name = (token: Token, found: string): string => checkedName(source, token, found);
  if (tag instanceof Output) return { kind: 'output', value: reader.value(tag.value), at };
  if (tag instanceof EchoTag) return { kind: 'output', value: firstValue(tag, reader), at };
  if (tag instanceof AssignTag) {
    const [variable] = tag.localScope();
    const value = firstValue(tag, reader);
    if (variable === undefined || value === undefined) throw new TypeError('an `assign` without a name or a value');
    return { kind: 'assign', name: name(variable, variable.content), value, at };
  }
  if (tag instanceof BoundedCapture)
    return { kind: 'capture', name: name(tag.token, tag.variable), body: body(tag.templates), at };
  if (tag instanceof IfTag || tag instanceof UnlessTag) {
    const branches = tag.branches.map(({ value, templates }) => ({
      condition: reader.value(value),
      body: body(templates),
    }));
    const otherwise = tag.elseTemplates;
    const hasElse = tag instanceof IfTag ? otherwise !== undefined : (otherwise?.length ?? 0) > 0;
    return {
      kind: tag instanceof IfTag ? 'if' : 'unless',
      branches,
      otherwise: hasElse ? body(otherwise ?? []) : undefined,
      at,
    };
  }
  if (tag instanceof BoundedCase) {
    const value = reader.value(tag.value);
    const branches = tag.branches.map(({ values, templates }) => ({
      values: values.map((token) => reader.operand(token)),
      body: body(templates),
    }));
    return { kind: 'case', value, branches, otherwise: body(tag.elseTemplates), at };
  }
  if (tag instanceof BoundedFor || tag instanceof BoundedTablerow) {
    const isFor = tag instanceof BoundedFor;
    return {
      kind: isFor ? 'for' : 'tablerow',
      variable: name(tag.token, tag.variable),
      collection: reader.operand(tag.collection),
      settings: settingsOf(source, tag, isFor ? ['limit', 'offset', 'reversed'] : ['limit', 'offset', 'cols'], reader),
      body: body(tag.templates),
      otherwise: isFor ? body(tag.elseTemplates) : [],
      at,
    };
  }
  if (tag instanceof CycleTag) {
    const parts = [...tag.arguments()].filter((part) => !(part instanceof EngineValue)) as Token[];
    const group = parts.find((part) => !TypeGuards.isFilteredValueToken(part));
    const values = parts.filter((part) => TypeGuards.isFilteredValueToken(part));
    costMore(tag, tag.token.size());
    return {
      kind: 'cycle',
      group: group && reader.operand(group),
      values: values.map((value) => reader.token(value)),
      at,
    };
  }
  if (tag instanceof IncrementTag || tag instanceof DecrementTag) {
    const kind = tag instanceof IncrementTag ? 'increment' : 'decrement';
    const [variable] = tag.localScope();
    return { kind, name: name(tag.token, typeof variable === 'object' ? variable.content : ''), at };
  }
  if (tag instanceof BreakTag) return { kind: 'break', at };
  if (tag instanceof ContinueTag) return { kind: 'continue', at };
  if (tag instanceof RawTag) return { kind: 'raw', text: tag.render(), at };
  if (tag instanceof KeptComment) return { kind: 'comment', text: tag.text, at };
  if (tag instanceof Note) return { kind: 'note', text: tag.text, at };
  if (tag instanceof RenderPrompt) {
    return {
      kind: 'render',
      reference: tag.reference,
      binding: tag.binding && {
        each: tag.binding.each,
        value: reader.operand(tag.binding.value),
        name: name(tag.token, tag.binding.name),
      },
      parameters: reader.settings(tag.parameters.hash),
      at,
    };
  }
  throw new TypeError(`a tag that the language does not know: ${tag.token.getText()}`);
}

function firstValue(tag: AssignTag | EchoTag, reader: ValueReader): Value | undefined {
  for (const value of tag.arguments()) if (value instanceof EngineValue) return reader.value(value);
  return undefined;
}

function settingsOf(
  source: string,
  tag: BoundedFor | BoundedTablerow,
  known: readonly string[],
  reader: ValueReader,
): Argument[] {
  const { hash } = tag instanceof BoundedFor ? tag.hash : tag.args;
  for (const [setting, value] of Object.entries(hash)) {
    const complete = setting === 'reversed' || value !== undefined;
    if (!known.includes(setting) || !complete) {
      const message = `\`${tag.name}\` has no \`${setting}\`${complete ? '' : ' without a value'}; it has ${known.join(', ')}`;
      throw faultAt(source, tag.token.begin, 'syntax', message);
    }
  }
  return reader.settings(hash);
}

function checkedName(source: string, token: Token, name: string): string {
  if (name === '') throw faultAt(source, token.begin, 'syntax', 'a name is missing');
  return name;
}

/** Spends so many units before each rendering of a node. */
function costMore(template: Template, units: number): void {
  const render = template.render;
  template.render = (context, emitter) => {
    boundedBy(context).budget.spend(units);
    return render.call(template, context, emitter);
  };
}
