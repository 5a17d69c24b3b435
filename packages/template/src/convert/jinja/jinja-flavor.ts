import { type Kinds, TRUE_IN_JAVASCRIPT, TRUE_IN_PYTHON } from '../from-liquid/values/value-kinds.ts';
import { isFalsyInJavaScript, isFalsyInPython, isTruthyInJavaScript, isTruthyInPython } from '../liquid/truth.ts';

/** In what Jinja2 and Nunjucks differ, where both can be said in Liquid. */
export interface JinjaFlavor {
  readonly isTruthy: (path: string, kinds: Kinds) => string;
  /** The opposite, as alternatives. */
  readonly isFalsy: (path: string, kinds: Kinds) => string;
  /** What it takes for true. */
  readonly truth: Kinds;
  /** Names that mean something else than an input. */
  readonly globals: ReadonlySet<string>;
  /** Attributes that `.name` finds before the member of an object. */
  readonly attributes: ReadonlySet<string>;
  /** Whether true is printed as in Liquid. */
  readonly printsBooleans: boolean;
  /** Whether `-#}` takes away white space after it, and one line ending at the end of the template is dropped. */
  readonly isPython: boolean;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

export const jinja2: JinjaFlavor = {
  isTruthy: isTruthyInPython,
  isFalsy: isFalsyInPython,
  truth: TRUE_IN_PYTHON,
  globals: words('range dict lipsum cycler joiner namespace self super caller varargs kwargs'),
  attributes: words('clear copy fromkeys get items keys pop popitem setdefault update values'),
  printsBooleans: false,
  isPython: true,
};

export const nunjucks: JinjaFlavor = {
  isTruthy: isTruthyInJavaScript,
  isFalsy: isFalsyInJavaScript,
  truth: TRUE_IN_JAVASCRIPT,
  globals: words('range cycler joiner self super caller'),
  attributes: new Set(),
  printsBooleans: true,
  isPython: false,
};
