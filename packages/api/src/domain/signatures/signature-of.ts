import type { InputConflict, InputSchema, JsonValue } from '@promptory/template';
import { readVersion, type SignatureFault, type Source } from './read-version.ts';

export type { SignatureFault } from './read-version.ts';

/** What a version promises its callers. */
export interface Signature {
  /** JSON Schema of all inputs: what the text reads, together with what the author declares. */
  readonly inputs: InputSchema;
  /** JSON Schema of the answer; null means text. */
  readonly output: JsonValue | null;
}

export type SignatureResult =
  | { readonly ok: true; readonly signature: Signature; readonly conflicts: readonly InputConflict[] }
  | { readonly ok: false; readonly fault: SignatureFault };

/** What of a version decides on its signature. */
export interface Signed extends Source {
  readonly outputSchema: object | null;
}

/** What a version takes and answers, or why its text is no template. Takes as long as `readVersion`. */
export function signatureOf(version: Signed): SignatureResult {
  const read = readVersion(version);
  if (!read.ok) return read;
  const { inputs, conflicts } = read;
  return { ok: true, signature: { inputs, output: version.outputSchema as JsonValue }, conflicts };
}
