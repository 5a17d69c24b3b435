import { type InputSchema, type ResolveInclude, TemplateError } from '@promptory/template';

export interface VersionId {
  readonly promptId: string;
  readonly version: number;
}

/** By which a version is known among others. */
export const keyOf = ({ promptId, version }: VersionId): string => `${promptId}#${version}`;

/** Bytes of all texts that a prompt includes: as many as fit into an answer beside it. */
export const MAX_INCLUDED_BYTES = 400_000;

/** What a version includes, as JSON, for workers too. */
export interface IncludedTexts {
  /** What the version itself is, so that one which includes it is found. */
  readonly key: string;
  /** Of each version, by its key, to which one each of its references leads. */
  readonly edges: readonly (readonly [from: string, name: string, to: string])[];
  /** Null where they are too long together. */
  readonly texts: readonly (readonly [key: string, content: string, inputSchema: object | null])[] | null;
}

/** What references mean within a version that includes these texts. @throws TemplateError where they are too long */
export function resolverOf({ key, edges, texts }: IncludedTexts): ResolveInclude {
  if (texts === null) {
    const message = `what it includes is longer than ${MAX_INCLUDED_BYTES} bytes`;
    throw new TemplateError('limit', message, { line: 1, column: 1 });
  }
  const targets = new Map(edges.map(([from, name, to]) => [JSON.stringify([from, name]), to]));
  const sources = new Map(texts.map(([of, ...text]) => [of, text]));
  return (reference, within = key) => {
    const to = targets.get(JSON.stringify([within, reference]));
    const text = to === undefined ? undefined : sources.get(to);
    if (to === undefined || text === undefined) return undefined;
    return { key: to, source: text[0], declared: text[1] as InputSchema | null };
  };
}

/** A tag that includes, or a block of several tags that may. */
const INCLUDES = /\{%-?\s*(?:render|liquid)\b/;

/** Whether a text can include anything, found without reading it as a template. */
export const mayInclude = ({ content, messages }: { content: string; messages: readonly unknown[] | null }): boolean =>
  messages === null ? INCLUDES.test(content) : JSON.stringify(messages).includes('{%');
