// Liquid takes everything for true but false and nil. `(1..0)` is Liquid's empty list; `empty` is also the empty text and
// the empty object.

/** True as `if` of Handlebars and sections of Mustache have it: neither false, missing, "", 0 nor an empty list. */
export const isTruthy = (path: string): string => `${path} and ${path} != "" and ${path} != 0 and ${path} != (1..0)`;

/** The same with 0 for true. */
export const isTruthyOrZero = (path: string): string => `${path} and ${path} != "" and ${path} != (1..0)`;

/** True as Jinja has it: an empty object is false too. */
export const isTruthyInPython = (path: string): string => `${path} and ${path} != empty and ${path} != 0`;

/** True as JavaScript has it: every list and every object. */
export const isTruthyInJavaScript = (path: string): string => `${path} and ${path} != "" and ${path} != 0`;
