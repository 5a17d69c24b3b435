import { LiquidError } from 'liquidjs';
import type { JsonValue } from '../json-value.ts';
import { BoundedParser } from './engine/bounded-parser.ts';
import { LimitReached } from './engine/budget.ts';
import type { Program, Programs } from './engine/render-context.ts';
import { IncludeMissing, referenceOf } from './engine/render-prompt.ts';
import { templateLimits } from './limits.ts';
import { readTemplates } from './syntax/read-template.ts';
import { bodiesOf, type Include, type Node } from './syntax/syntax.ts';
import { faultAt, offsetOf, placeOf, TemplateError } from './template-error.ts';

type InputSchema = { readonly [keyword: string]: JsonValue };

/** A text that has been parsed: what it says, and what the engine renders. Renders any number of times, at once too. */
export class Template {
  readonly source: string;
  readonly nodes: readonly Node[];
  /** The templates that it includes, by the reference that it writes; empty before `link`. */
  readonly includes: ReadonlyMap<string, Template>;
  /** For the engine alone. */
  readonly program: Program;
  /** Of a template that another one includes: the inputs that its author declares. */
  readonly declared: InputSchema | undefined;

  constructor(
    source: string,
    nodes: readonly Node[],
    program: Program,
    includes: ReadonlyMap<string, Template>,
    declared?: InputSchema,
  ) {
    this.source = source;
    this.nodes = nodes;
    this.program = program;
    this.includes = includes;
    this.declared = declared;
  }
}

/**
 * Reads a text in the prompt language, which is Liquid as LiquidJS reads it, with what `engine.ts` allows.
 *
 * @throws TemplateError with line and column where it is no template, or larger than `templateLimits`
 */
export function parse(source: string): Template {
  checkSize(source);
  try {
    return read(source);
  } catch (error) {
    throw firstFault(error, source);
  }
}

function read(source: string): Template {
  try {
    const templates = new BoundedParser(source).parse(source);
    const includes: Programs = new Map();
    return new Template(source, readTemplates(source, templates), { templates, includes }, new Map());
  } catch (error) {
    throw templateErrorOf(error, source);
  }
}

/** Tags are found before what stands in them is read: the text up to a fault may have an earlier one. */
function firstFault(error: unknown, source: string): unknown {
  if (!(error instanceof TemplateError) || error.code === 'unclosed') return error;
  try {
    read(source.slice(0, offsetOf(source, error)));
  } catch (earlier) {
    // Cut off there, blocks are open that the rest may close.
    if (earlier instanceof TemplateError && earlier.code !== 'unclosed') return earlier;
  }
  return error;
}

/** The `{% render %}` tags of a template, in their order, however deep they lie in blocks. */
export function includesOf({ nodes }: { readonly nodes: readonly Node[] }): Include[] {
  return nodes.flatMap((node) =>
    node.kind === 'render' ? [node] : bodiesOf(node).flatMap((body) => includesOf({ nodes: body })),
  );
}

function checkSize(source: string): void {
  if (source.length > templateLimits.length) {
    throw faultAt(source, templateLimits.length, 'limit', `it is longer than ${templateLimits.length} characters`);
  }
  let tags = 0;
  for (const opening of ['{{', '{%']) {
    for (let at = source.indexOf(opening); at !== -1; at = source.indexOf(opening, at + 2)) {
      if (++tags > templateLimits.tags)
        throw faultAt(source, at, 'limit', `it has more than ${templateLimits.tags} tags`);
    }
  }
}

/** What the engine threw, as the language says it. */
export function templateErrorOf(error: unknown, source: string): unknown {
  if (error instanceof TemplateError) return error;
  if (!LiquidError.is(error)) return error;
  const cause = error.originalError;
  if (cause instanceof TemplateError) return cause;
  const { input, begin } = error.token ?? { input: source, begin: 0 };
  const message = (cause?.message ?? error.message).replace(/, line:\d+, col:\d+$/, '');
  const fault = new TemplateError(codeOf(error, cause, message), sentence(message), placeOf(input, begin));
  fault.reference = referenceOf(error);
  return fault;
}

function codeOf(error: LiquidError, cause: Error | undefined, message: string): TemplateError['code'] {
  if (cause instanceof LimitReached) return 'limit';
  if (cause instanceof IncludeMissing) return 'include';
  if (message.endsWith('not closed') && !message.startsWith('[')) return 'unclosed';
  if (message.startsWith('undefined filter')) return 'unknown_filter';
  return error.name === 'RenderError' || error.name === 'UndefinedVariableError' ? 'failed' : 'syntax';
}

const SENTENCES: readonly [begins: string, says: string][] = [
  ['invalid value expression', 'a value is missing, or no value of the language'],
  ['illegal tag syntax', 'a tag begins with its name: {% if … %}'],
  ['expected "|" before filter', 'a filter begins with `|`, and a name has no spaces'],
];

/** The engine quotes tags whole. */
const MAX_MESSAGE = 300;

function sentence(message: string): string {
  const known = SENTENCES.find(([begins]) => message.startsWith(begins))?.[1];
  return known ?? (message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message);
}
