// What a version promises is kept with it, so that no read parses its text again: in the database, and of those that are asked
// for again and again in this process too. It is worked out when the version is saved, or by whoever reads it first: one of
// before there were signatures, of an import, of an earlier reading of the language, or one that includes by a label which
// has moved.
import type { PromptVersion } from '@promptory/schemas';
import { LRUCache } from 'lru-cache';
import type { SignedInContext } from '../../context.ts';
import { findInclusions, type Inclusions } from '../includes/included-versions.ts';
import { keyOf, mayInclude } from '../signatures/included-texts.ts';
import { includedTexts } from './included-texts.ts';
import { type SignedText, signatureFor, type VersionText } from './signature-for.ts';
import { findSignatures, type StoredSignature, writeSignature } from './stored-signatures.ts';

type SignedFields = Pick<PromptVersion, 'signature' | 'templateFault' | 'inputConflicts'>;
type SigningContext = Pick<SignedInContext, 'db' | 'who' | 'workers' | 'log'>;

/** Of versions that include nothing, which never change. */
const known = new LRUCache<string, StoredSignature>({
  max: 5_000,
  maxSize: 8_000_000,
  sizeCalculation: (signature) => JSON.stringify(signature).length,
});

/** What versions promise, in their order, and what they include. */
export interface Signatures {
  readonly fields: readonly SignedFields[];
  readonly inclusions: Inclusions;
}

/**
 * What versions promise that the caller may read. Not for transactions: it may wait for a worker.
 * @throws AppError server.busy
 */
export async function signaturesOf(ctx: SigningContext, versions: readonly VersionText[]): Promise<Signatures> {
  const asked = versions.filter((version) => !known.has(keyOf(version)));
  const stored = await findSignatures(ctx.db, asked);
  const inclusions = await findInclusions(ctx.db, ctx.who, asked.filter(mayInclude));
  const fields: SignedFields[] = [];
  for (const version of versions) {
    const key = keyOf(version);
    const kept = stored.get(key);
    const isKept = kept !== undefined && kept.included === inclusions.digest(version);
    const inMemory = known.get(key);
    const signature = inMemory ?? (isKept ? kept : await sign(ctx, version, inclusions));
    if (inMemory === undefined && !mayInclude(version)) known.set(key, signature);
    const { inputs, fault, conflicts } = signature;
    fields.push({
      signature: inputs === null ? null : { inputs, output: version.outputSchema },
      templateFault: fault,
      inputConflicts: conflicts,
    });
  }
  return { fields, inclusions };
}

/**
 * A version, or a prompt in its latest one, with what it promises.
 * @throws AppError server.busy
 */
export async function signed<Row extends SignedText & { readonly version: number }>(
  ctx: SigningContext,
  promptId: string,
  row: Row,
): Promise<Row & SignedFields> {
  const { fields } = await signaturesOf(ctx, [{ ...row, promptId }]);
  return { ...row, ...(fields[0] as SignedFields) };
}

async function sign(
  { db, workers, log }: SigningContext,
  version: VersionText,
  inclusions: Inclusions,
): Promise<StoredSignature> {
  const signature = await signatureFor(workers, version, await includedTexts(db, version, inclusions));
  const digest = inclusions.digest(version);
  // What one caller may not read is no fault for another.
  if (digest === null) return signature;
  try {
    await writeSignature(db, version, signature, digest);
  } catch (error) {
    // It may have been purged meanwhile, or the disk be full: the next read works it out again.
    log.warn({ err: error, version: keyOf(version) }, 'what a version promises could not be kept');
  }
  return signature;
}
