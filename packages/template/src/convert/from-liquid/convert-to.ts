import type { JsonValue } from '../../json-value.ts';
import type { Conversion } from '../convert.ts';
import { Refusal } from '../refusal.ts';
import { handlebarsOf } from './write-handlebars.ts';
import { jinjaOf } from './write-jinja.ts';
import { mustacheOf } from './write-mustache.ts';

/** A template language that `convertTo` writes. `dotprompt` is Handlebars with dotprompt's helpers. */
export type WrittenDialect = 'handlebars' | 'dotprompt' | 'mustache' | 'jinja2' | 'nunjucks';

export interface ConvertToOptions {
  /** Whether the program that renders it escapes values for HTML, as Handlebars and Mustache do unless they are told otherwise. */
  readonly escape?: boolean;
}

/**
 * A Liquid template in another language, in which it renders the same text; or the first place where that has none.
 *
 * The same text is meant for every value that the schema of its inputs allows. What is printed is a text, a number or a boolean,
 * or is missing.
 */
export function convertTo(
  dialect: WrittenDialect,
  source: string,
  inputs: JsonValue,
  { escape: escapesHtml = true }: ConvertToOptions = {},
): Conversion {
  try {
    return { text: writeIn(dialect, source, inputs, escapesHtml), warnings: [] };
  } catch (error) {
    if (error instanceof Refusal) return { refused: { ...error.position, reason: error.message } };
    throw error;
  }
}

function writeIn(dialect: WrittenDialect, source: string, inputs: JsonValue, escapesHtml: boolean): string {
  switch (dialect) {
    case 'handlebars':
      return handlebarsOf(source, inputs, { escape: escapesHtml, isDotprompt: false });
    case 'dotprompt':
      return handlebarsOf(source, inputs, { escape: false, isDotprompt: true });
    case 'mustache':
      return mustacheOf(source, inputs, escapesHtml);
    case 'jinja2':
    case 'nunjucks':
      return jinjaOf(source, inputs, dialect === 'jinja2');
  }
}
