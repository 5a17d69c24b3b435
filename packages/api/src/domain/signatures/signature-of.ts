import {
  checkSchema,
  type InputConflict,
  type InputSchema,
  inferInputs,
  type JsonValue,
  type MessageSource,
  mergeInputs,
  type PlaceholderSource,
  parse,
  parseMessages,
  TemplateError,
  type TemplateErrorCode,
} from '@promptory/template';

/** What a version promises its callers. */
export interface Signature {
  /** JSON Schema of all inputs: what the text reads, together with what the author declares. */
  readonly inputs: InputSchema;
  /** JSON Schema of the answer; null means text. */
  readonly output: JsonValue | null;
}

/** Why a version has no signature. Where it lies in a declared schema and in no text, line and column are null. */
export interface SignatureFault {
  readonly code: TemplateErrorCode | 'schema';
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
  /** Of a chat prompt. */
  readonly messageIndex: number | null;
}

export type SignatureResult =
  | { readonly ok: true; readonly signature: Signature; readonly conflicts: readonly InputConflict[] }
  | { readonly ok: false; readonly fault: SignatureFault };

/** What of a version decides on its signature. */
export interface Signed {
  readonly content: string;
  /** Null for a text prompt. */
  readonly messages: readonly unknown[] | null;
  readonly inputSchema: object | null;
  readonly outputSchema: object | null;
}

/**
 * What a version takes and answers, or why its text is no template. May take the processor for a hundred milliseconds, so
 * that large texts are for a worker.
 */
export function signatureOf({ content, messages, inputSchema, outputSchema }: Signed): SignatureResult {
  try {
    const inferred = messages === null ? inferInputs([parse(content)]) : inputsOfChat(messages);
    const { schema, conflicts } = mergeInputs(inferred, inputSchema as InputSchema | null);
    const [refused] = checkSchema(schema);
    if (refused !== undefined) return unusable(refused.path, refused.message);
    return { ok: true, signature: { inputs: schema, output: outputSchema as JsonValue }, conflicts };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { code, message, line, column, messageIndex } = error;
    return { ok: false, fault: { code, message, line, column, messageIndex: messageIndex ?? null } };
  }
}

function inputsOfChat(messages: readonly unknown[]): InputSchema {
  const { templates, placeholders } = parseMessages(messages as readonly (MessageSource | PlaceholderSource)[]);
  return inferInputs(templates, placeholders);
}

/** Schemas were once kept as they came; and what a long text reads may be more than a schema can hold. */
function unusable(path: string, why: string): SignatureResult {
  const message = `the schema of the inputs cannot be used: ${path === '' ? 'it' : path} ${why}`;
  return { ok: false, fault: { code: 'schema', message, line: null, column: null, messageIndex: null } };
}
