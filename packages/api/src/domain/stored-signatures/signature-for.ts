import { readJson } from '@promptory/db';
import { MAX_INPUT_CONFLICTS, type TemplateFault } from '@promptory/schemas';
import type { Workers } from '../../context.ts';
import { areQuick } from '../declarations/given-schemas.ts';
import { type SignatureFault, type SignatureResult, type Signed, signatureOf } from '../signatures/signature-of.ts';
import type { StoredSignature } from './stored-signatures.ts';

/** Characters of a text, which is read within a few milliseconds. */
const SMALL = 4_000;
const MAX_TEXT = 500;

/** What of a version decides on what it promises. */
export type SignedText = {
  readonly content: string;
  readonly messages: readonly unknown[] | null;
  readonly inputSchema: Readonly<Record<string, unknown>> | null;
  readonly outputSchema: Readonly<Record<string, unknown>> | null;
};

/** Whether a text and its schema are read in this thread: what takes longer is for a worker. */
export function isSmall({ content, messages, inputSchema }: Omit<SignedText, 'outputSchema'>): boolean {
  if (content.length > SMALL) return false;
  // Not all of a chat reads as its content: of a file with a name its address does not.
  if (messages !== null && JSON.stringify(messages).length > SMALL) return false;
  return areQuick(JSON.stringify(inputSchema));
}

/**
 * What a version promises, or why it cannot be rendered; long texts are read by a worker.
 * @throws AppError server.busy
 */
export async function signatureFor(workers: Workers, version: SignedText): Promise<StoredSignature> {
  const { messages, inputSchema } = version;
  const signed: Signed = {
    content: messages === null ? version.content : '',
    messages,
    inputSchema,
    outputSchema: null,
  };
  const result = isSmall(version)
    ? signatureOf(signed)
    : (readJson(await workers.run('signatureOf', JSON.stringify(signed))) as unknown as SignatureResult);
  if (!result.ok) return { inputs: null, fault: shownFault(result.fault), conflicts: [] };
  const conflicts = result.conflicts.slice(0, MAX_INPUT_CONFLICTS).map(({ path, code, message }) => ({
    ...{ code, path: cut(path), message: cut(message) },
  }));
  return { inputs: result.signature.inputs, fault: null, conflicts };
}

/** A fault as it is answered. */
export const shownFault = ({ message, ...place }: SignatureFault): TemplateFault => ({
  ...place,
  message: cut(message),
});

const cut = (text: string): string => text.slice(0, MAX_TEXT).toWellFormed();
