import type { JsonValue } from '../../json-value.ts';

/** One thing by which a new version breaks the callers of an old one. */
export interface SchemaBreak {
  side: 'input' | 'output';
  /** Where, as a JSON Pointer (RFC 6901); `*` stands for each item of a list. */
  path: string;
  /**
   * Of inputs: `required` (must be given now), `removed` (is not taken any more), `narrowed` (takes less). Of outputs: `removed`
   * (is not there any more), `optional` (is not always there any more), `widened` (may be more than was promised).
   */
  kind: 'required' | 'removed' | 'narrowed' | 'optional' | 'widened';
  /** Whether it is proved by an example; otherwise the two cannot be compared, and may be compatible. */
  decided: boolean;
  /** The schema there before; absent where there was none. */
  before?: JsonValue;
  /** The schema there after; absent where there is none. */
  after?: JsonValue;
  /** A value at the path that one schema takes and the other does not; of a member that is missing, the object around it. */
  example?: JsonValue;
  /** A sentence without its subject, to be read after the path. */
  message: string;
}
