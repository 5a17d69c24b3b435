import { readJson } from '@promptory/db';
import { cutTo, InputConflict, MAX_CONTENT_LENGTH, MAX_INPUT_CONFLICTS, TemplateFault } from '@promptory/schemas';
import type { IncludePlace } from '@promptory/template';
import type { Workers } from '../../context.ts';
import { areQuick } from '../declarations/given-schemas.ts';
import type { IncludedTexts, VersionId } from '../signatures/included-texts.ts';
import { includesIn, readLength } from '../signatures/read-version.ts';
import { type SignatureFault, type SignatureResult, type Signed, signatureOf } from '../signatures/signature-of.ts';
import type { StoredSignature } from './stored-signatures.ts';

/** Characters of a text, which is read within a few milliseconds. */
const SMALL = 4_000;

/** What of a version decides on what it promises, but for what it includes. */
export interface SignedText {
  readonly content: string;
  readonly messages: readonly unknown[] | null;
  readonly inputSchema: Readonly<Record<string, unknown>> | null;
  readonly outputSchema: Readonly<Record<string, unknown>> | null;
}

/** The same of a version that is there. */
export type VersionText = SignedText & VersionId;

type Text = Omit<SignedText, 'outputSchema'>;

/** Whether a text, its schema and what it includes are read in this thread: what takes longer is for a worker. */
export function isSmall(text: Text, included: IncludedTexts | null = null): boolean {
  if (readLength(text) > SMALL) return false;
  return areQuick(JSON.stringify(text.inputSchema)) && areQuick(JSON.stringify(included));
}

/** The same without what is not read. */
export const sourceOf = ({ content, messages, inputSchema }: Text, included: IncludedTexts | null = null) => ({
  content: messages === null ? content : '',
  ...{ messages, inputSchema, included },
});

/** A text without anything of the language: all of these promise the same, as most prompts of an import do. */
const isPlain = ({ content, messages, inputSchema }: Text): boolean =>
  messages === null &&
  inputSchema === null &&
  content.length <= MAX_CONTENT_LENGTH &&
  !content.includes('{{') &&
  !content.includes('{%');

const PLAIN = signatureOf({ content: '', messages: null, inputSchema: null, outputSchema: null });

/**
 * What a version promises, or why it cannot be rendered; long texts are read by a worker.
 * @param isAlone whether it is the only one: many short texts hold up others as long as a long one does
 * @throws AppError server.busy
 */
export async function signatureFor(
  workers: Workers,
  version: SignedText,
  included: IncludedTexts | null = null,
  isAlone = true,
): Promise<StoredSignature> {
  const signed: Signed = { ...sourceOf(version, included), outputSchema: null };
  const result = isPlain(version)
    ? PLAIN
    : isAlone && isSmall(version, included)
      ? signatureOf(signed)
      : (readJson(await workers.run('signatureOf', JSON.stringify(signed))) as unknown as SignatureResult);
  if (!result.ok) return { inputs: null, fault: shownFault(result.fault), conflicts: [] };
  const conflicts = result.conflicts.slice(0, MAX_INPUT_CONFLICTS).map(({ path, code, message }) => ({
    ...{ code, path: cutTo(InputConflict.shape.path, path), message: cutTo(InputConflict.shape.message, message) },
  }));
  return { inputs: result.signature.inputs, fault: null, conflicts };
}

/**
 * What a text includes, and where.
 * @param isAlone whether it is the only one: many short texts hold up others as long as a long one does
 * @throws AppError server.busy
 */
export async function includesFor(workers: Workers, text: Text, isAlone: boolean): Promise<IncludePlace[]> {
  const source = sourceOf(text);
  if (isAlone && isSmall(text)) return includesIn(source);
  return readJson(await workers.run('includesIn', JSON.stringify(source))) as unknown as IncludePlace[];
}

/** A fault as it is answered. */
export const shownFault = ({ message, isEndless: _, ...place }: SignatureFault): TemplateFault => ({
  ...place,
  message: cutTo(TemplateFault.shape.message, message),
});
