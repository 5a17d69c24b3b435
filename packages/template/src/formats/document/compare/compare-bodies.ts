import { canonicalJson } from '../../../canonical-json.ts';
import { readParts } from '../../../convert/from-liquid/read-parts.ts';
import { Refusal } from '../../../convert/refusal.ts';
import type { JsonValue } from '../../../json-value.ts';
import { parse } from '../../../language/parse.ts';
import { render } from '../../../language/rendering/render.ts';
import type { Choice, Node } from '../../../language/syntax/syntax.ts';
import { TemplateError } from '../../../language/template-error.ts';
import type { DocumentPrompt } from '../prompt-document.ts';
import { SAMPLES, sampleOf } from './sample-values.ts';

type Body = Pick<DocumentPrompt, 'content' | 'messages'>;

/**
 * Whether two bodies are one: `same` but for spaces and quotes, `alike` where they are written otherwise and render the same
 * for what their inputs allow, or `other`.
 */
export function compareBodies(one: Body, again: Body, inputs: JsonValue): 'same' | 'alike' | 'other' {
  const [left, right] = [textsOf(one), textsOf(again)];
  if (left.frame !== right.frame || left.texts.length !== right.texts.length) return 'other';
  const pairs = left.texts.map((text, index): [string, string] => [text, right.texts[index] ?? '']);
  if (pairs.every(([text, other]) => text === other || isSameTree(text, other))) return 'same';
  return pairs.every(([text, other]) => text === other || areAlike(text, other, inputs)) ? 'alike' : 'other';
}

/** The templates of a body, and what is around them. */
function textsOf({ content, messages }: Body): { texts: string[]; frame: string } {
  const texts: string[] = [];
  const take = (text: string): string => `#${texts.push(text)}`;
  const frame = {
    kind: messages === null ? 'text' : 'chat',
    content: content === null ? null : take(content),
    messages: (messages ?? []).map((message) => {
      if (!('content' in message)) return message;
      const { content: said, ...rest } = message;
      if (typeof said === 'string') return { ...rest, content: take(said) };
      const parts = said.map((part) => ({
        ...part,
        ...(typeof part.text === 'string' ? { text: take(part.text) } : {}),
        ...(typeof part.url === 'string' ? { url: take(part.url) } : {}),
      }));
      return { ...rest, content: parts };
    }),
  };
  return { texts, frame: canonicalJson(frame as unknown as JsonValue) };
}

function isSameTree(text: string, other: string): boolean {
  const [left, right] = [treeOf(text), treeOf(other)];
  return left !== null && left === right;
}

/** What a template says, whatever its spaces and quotes; null where it is none. */
function treeOf(text: string): string | null {
  try {
    return JSON.stringify(parse(text).nodes.reduce(joinTexts, []), (key, value: unknown) => {
      if (key === 'at') return undefined;
      if (Array.isArray(value) && value.every(isNode)) return value.reduce(joinTexts, []);
      return isChoice(value) ? flat(value) : value;
    });
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'kind' in value && 'at' in value;

const isChoice = (value: unknown): value is Choice => isNode(value) && (value.kind === 'if' || value.kind === 'unless');

/** An `if` that is all of an `else` is an `elsif`. */
function flat(choice: Choice): Choice {
  const [only, another] = choice.otherwise ?? [];
  if (only?.kind !== 'if' || another !== undefined) return choice;
  const inner = flat(only);
  return { ...choice, branches: [...choice.branches, ...inner.branches], otherwise: inner.otherwise };
}

/** Text is one, in quotes or not. */
function joinTexts(nodes: readonly Node[], node: Node): readonly Node[] {
  const text = plainTextOf(node);
  if (text === null) return [...nodes, node];
  const last = nodes.at(-1);
  const before = last?.kind === 'text' ? last.text : '';
  const rest = last?.kind === 'text' ? nodes.slice(0, -1) : nodes;
  return before + text === '' ? rest : [...rest, { kind: 'text', text: before + text, at: 0 }];
}

function plainTextOf(node: Node): string | null {
  if (node.kind === 'text' || node.kind === 'raw') return node.text;
  if (node.kind !== 'output' || node.value === undefined || node.value.filters.length > 0) return null;
  return node.value.expression.kind === 'string' ? node.value.expression.text : null;
}

/** What one sample may cost, beside its text. */
const SAMPLE_WORK = 25_000;

function areAlike(text: string, other: string, inputs: JsonValue): boolean {
  const parts = partsOf(text, inputs);
  if (parts !== null && parts === partsOf(other, inputs)) return true;
  try {
    const [left, right] = [parse(text), parse(other)];
    // All samples together cost no more than one rendering may.
    const options = { now: 0, limits: { work: SAMPLE_WORK + text.length } };
    for (let index = 0; index < SAMPLES; index++) {
      const values = sampleOf(inputs, index);
      if (render(left, values, 'lenient', options) !== render(right, values, 'lenient', options)) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof TemplateError) return false;
    throw error;
  }
}

/** What a template says as parts, conditions by what they are true for; null where it says more. */
function partsOf(text: string, inputs: JsonValue): string | null {
  try {
    return JSON.stringify(readParts(text, inputs), (key, value: unknown) => {
      if (key === 'at' || key === 'schema') return undefined;
      const test = value as { kind?: unknown; of?: { kinds: number }; kinds?: number } | null;
      return test?.kind === 'is' && test.of !== undefined
        ? { ...test, kinds: (test.kinds ?? 0) & test.of.kinds }
        : value;
    });
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
