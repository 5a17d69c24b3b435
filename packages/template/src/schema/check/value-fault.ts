/** One thing that is wrong with a value. */
export interface ValueFault {
  /** Where, as a JSON Pointer (RFC 6901); `''` is the whole. */
  path: string;
  /** `missing`: required and not there. `unknown`: there and not allowed. `type`: another type. `value`: all else. */
  code: 'missing' | 'unknown' | 'type' | 'value';
  /** What is expected there, to be read after "expects": `a string`. */
  expected: string;
  /** A sentence without its subject, to be read after the path: `must be a string, and is a number`. */
  message: string;
}
