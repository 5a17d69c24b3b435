/** One thing that is wrong with a value. */
export interface ValueFault {
  /** Where, as a JSON Pointer (RFC 6901); `''` is the whole. */
  path: string;
  /** `missing`: required and not there. `unknown`: there and not allowed. `type`: another type. `value`: all else. */
  code: 'missing' | 'unknown' | 'type' | 'value';
  /** What is expected there, to be read after "expects": `a string`. */
  expected: string;
  /** The rule of the schema that the value breaks, for programs; left out where it is none of these. */
  rule?: ValueRule;
  /** A sentence without its subject, to be read after the path: `must be a string, and is a number`. */
  message: string;
}

/** What a schema asks of a value. `least` and `most`: of a number, or of how many there are of a unit. */
export type ValueRule =
  | { readonly kind: 'type'; readonly types: readonly string[] }
  | { readonly kind: 'values'; readonly values: readonly (string | number | boolean | null)[] }
  | {
      readonly kind: 'least' | 'most';
      readonly bound: number;
      readonly unit?: 'characters' | 'items' | 'members';
      readonly exclusive?: true;
    }
  | { readonly kind: 'multiple'; readonly of: number }
  | { readonly kind: 'format'; readonly format: string }
  | { readonly kind: 'pattern' }
  | { readonly kind: 'unique' };
