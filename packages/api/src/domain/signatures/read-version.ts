import {
  type ChatTemplate,
  checkSchema,
  type IncludePlace,
  type InputConflict,
  type InputSchema,
  includePlaces,
  link,
  type MessageSource,
  type PlaceholderSource,
  parse,
  parseMessages,
  promptFault,
  promptInputs,
  type Template,
  TemplateError,
  type TemplateErrorCode,
} from '@promptory/template';
import { type IncludedTexts, resolverOf } from './included-texts.ts';

/** Why a version has no signature. Where it lies in a declared schema and in no text, line and column are null. */
export interface SignatureFault {
  readonly code: TemplateErrorCode | 'schema';
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
  /** Of a chat prompt. */
  readonly messageIndex: number | null;
  /** Whether prompts include one another without end, or too deep. */
  readonly isEndless?: boolean;
}

/** What of a version decides on what it takes. */
export interface Source {
  readonly content: string;
  /** Null for a text prompt. */
  readonly messages: readonly unknown[] | null;
  readonly inputSchema: object | null;
  /** None where it includes nothing. */
  readonly included?: IncludedTexts | null;
}

/** Characters that are read of a text. Not all of a chat reads as its content: of a file with a name its address does not. */
export const readLength = ({ content, messages }: Pick<Source, 'content' | 'messages'>): number =>
  Math.max(content.length, messages === null ? 0 : JSON.stringify(messages).length);

/** A version that can be rendered, any number of times. */
export interface ReadVersion {
  readonly ok: true;
  readonly template: Template | ChatTemplate;
  readonly inputs: InputSchema;
  readonly conflicts: readonly InputConflict[];
}

/**
 * Reads a version's text as a template, or says why it is none. May take the processor for a hundred milliseconds, so that
 * large texts are for a worker.
 */
export function readVersion(source: Source): ReadVersion | { readonly ok: false; readonly fault: SignatureFault } {
  try {
    const template = templateOf(source);
    const { schema, conflicts } = promptInputs(template, source.inputSchema as InputSchema | null);
    const [refused] = checkSchema(schema);
    if (refused === undefined) return { ok: true, template, inputs: schema, conflicts };
    // Schemas were once kept as they came; and what a long text reads may be more than a schema can hold.
    const message = `the schema of the inputs cannot be used: ${refused.path === '' ? 'it' : refused.path} ${refused.message}`;
    return { ok: false, fault: { code: 'schema', message, line: null, column: null, messageIndex: null } };
  } catch (error) {
    return { ok: false, fault: faultOf(error) };
  }
}

/** What a fault of a template says; anything else is thrown again. */
export function faultOf(error: unknown): SignatureFault {
  if (!(error instanceof TemplateError)) throw error;
  return { ...promptFault(error), ...(error.isEndless ? { isEndless: true } : {}) };
}

const parsed = ({ content, messages }: Source): Template | ChatTemplate =>
  messages === null ? parse(content) : parseMessages(messages as readonly (MessageSource | PlaceholderSource)[]);

/** With what it includes. */
function templateOf(source: Source): Template | ChatTemplate {
  const template = parsed(source);
  if (includePlaces(template).length === 0) return template;
  const { included } = source;
  const [resolve, key] = included ? [resolverOf(included), included.key] : [() => undefined];
  return 'placeholders' in template ? template.link(resolve, key) : link(template, resolve, key);
}

/** What a text includes, and where; nothing where it is no template. */
export function includesIn(source: Source): IncludePlace[] {
  try {
    return includePlaces(parsed(source));
  } catch (error) {
    faultOf(error);
    return [];
  }
}
