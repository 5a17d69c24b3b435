import type { JsonValue } from '@promptory/template';
import Handlebars from 'handlebars';
import { Liquid } from 'liquidjs';
import Mustache from 'mustache';
import nunjucks from 'nunjucks';

export type Values = Record<string, JsonValue>;

const liquid = new Liquid({ ownPropertyOnly: true, strictFilters: true });

/** As the language of this package renders where missing values are allowed. */
export const renderLiquid = (template: string, values: Values): string => liquid.parseAndRenderSync(template, values);

export const renderHandlebars = (template: string, values: Values, noEscape: boolean): string =>
  Handlebars.compile(template, { noEscape })(values);

export const renderMustache = (template: string, values: Values, escapesHtml: boolean): string =>
  Mustache.render(template, values, {}, escapesHtml ? {} : { escape: String });

const environment = new nunjucks.Environment(null, { autoescape: false });

/** Undefined where Nunjucks fails: at "#}" in a text, and at filters of missing values. */
export function renderNunjucks(template: string, values: Values): string | undefined {
  try {
    return environment.renderString(template, values);
  } catch {
    return undefined;
  }
}

const withHelpers = Handlebars.create();
type Options = { fn(context: unknown): string; inverse(context: unknown): string };
withHelpers.registerHelper('ifEquals', function (this: unknown, left: unknown, right: unknown, options: Options) {
  return left === right ? options.fn(this) : options.inverse(this);
});
withHelpers.registerHelper('unlessEquals', function (this: unknown, left: unknown, right: unknown, options: Options) {
  return left !== right ? options.fn(this) : options.inverse(this);
});
withHelpers.registerHelper(
  'json',
  (value: unknown, { hash }: { hash: { indent?: number } }) =>
    new Handlebars.SafeString(JSON.stringify(value, null, hash.indent ?? 0)),
);

/** As dotprompt compiles a body, by its helpers. */
export const renderDotprompt = (template: string, values: Values): string =>
  withHelpers.compile(template, {
    noEscape: true,
    knownHelpersOnly: true,
    knownHelpers: { ifEquals: true, unlessEquals: true, json: true },
  })(values);
