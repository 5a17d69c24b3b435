import type { JsonValue } from '../json-value.ts';
import { convertFString } from './f-string.ts';
import { convertHandlebars } from './handlebars/convert-handlebars.ts';
import { convertJinja } from './jinja/convert-jinja.ts';
import { jinja2, nunjucks } from './jinja/jinja-flavor.ts';
import { KnownPaths } from './liquid/known-paths.ts';
import { convertMustache } from './mustache/convert-mustache.ts';
import { convertPlaceholders } from './placeholders.ts';
import { Refusal } from './refusal.ts';

/** A template language that `convert` reads. `prompts.chat` is text with `${name:default}`. */
export type Dialect = 'handlebars' | 'mustache' | 'jinja2' | 'nunjucks' | 'f-string' | 'prompts.chat';

export interface ConvertOptions {
  /**
   * Whether the program that rendered this template escaped values for HTML. Handlebars and Mustache do unless they are told
   * otherwise; dotprompt, Langfuse and LangChain tell them.
   */
  readonly escape?: boolean;
  /** A schema of the inputs, where it is known: conditions ask only for what they can be. */
  readonly inputs?: JsonValue | undefined;
}

export interface Refused {
  /** From 1; the column counts UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** For the template's author. */
  readonly reason: string;
}

export type Conversion = { text: string; warnings: string[] } | { refused: Refused };

/** A source that is longer is refused: it could not be stored. */
const MAX_SOURCE = 400_000;

/**
 * A template of another language as Liquid that renders the same text, or the first place where there is no such Liquid.
 *
 * The same text is meant for every value that the converted template's inputs allow: what is printed is a text, a number or
 * a boolean, or is missing; what is looped over is a list. What is only asked for in a condition may be anything that JSON has.
 */
export function convert(dialect: Dialect, source: string, options: ConvertOptions = {}): Conversion {
  const warnings: string[] = [];
  try {
    if (source.length > MAX_SOURCE) throw new Refusal(`More than ${MAX_SOURCE} characters.`, { line: 1, column: 1 });
    return { text: convertBy(dialect, source, options, warnings), warnings };
  } catch (error) {
    if (error instanceof Refusal) return { refused: { ...error.position, reason: error.message } };
    throw error;
  }
}

function convertBy(
  dialect: Dialect,
  source: string,
  { escape: escapesHtml = true, inputs }: ConvertOptions,
  warnings: string[],
): string {
  switch (dialect) {
    case 'handlebars':
      return convertHandlebars(source, escapesHtml, new KnownPaths(inputs), warnings);
    case 'mustache':
      return convertMustache(source, escapesHtml, warnings);
    case 'jinja2':
      return convertJinja(source, jinja2, new KnownPaths(inputs));
    case 'nunjucks':
      return convertJinja(source, nunjucks, new KnownPaths(inputs));
    case 'f-string':
      return convertFString(source);
    case 'prompts.chat':
      return convertPlaceholders(source, warnings);
  }
}
