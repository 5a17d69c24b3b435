// What a version promises is kept with it, so that no read parses its text again: in the database, and of those that are asked
// for again and again in this process too. It is worked out when the version is saved, or by whoever reads it first: one of
// before there were signatures, of an import, or of an earlier reading of the language.
import type { PromptVersion } from '@promptory/schemas';
import { LRUCache } from 'lru-cache';
import type { SignedInContext } from '../../context.ts';
import { type SignedText, signatureFor } from './signature-for.ts';
import { findSignatures, keyOf, type StoredSignature, type VersionId, writeSignature } from './stored-signatures.ts';

type SignedFields = Pick<PromptVersion, 'signature' | 'templateFault' | 'inputConflicts'>;
/** A version that is read before it is said what it promises. */
export type Unsigned = SignedText & VersionId;
type SigningContext = Pick<SignedInContext, 'db' | 'workers' | 'log'>;

/** A version never changes, so neither does what it promises. */
const known = new LRUCache<string, StoredSignature>({
  max: 5_000,
  maxSize: 8_000_000,
  sizeCalculation: (signature) => JSON.stringify(signature).length,
});

/**
 * What versions promise, in their order. Not for transactions: it may wait for a worker.
 * @throws AppError server.busy
 */
export async function signaturesOf(ctx: SigningContext, versions: readonly Unsigned[]): Promise<SignedFields[]> {
  const stored = await findSignatures(
    ctx.db,
    versions.filter((version) => !known.has(keyOf(version))),
  );
  const fields: SignedFields[] = [];
  for (const version of versions) {
    const key = keyOf(version);
    const signature = known.get(key) ?? stored.get(key) ?? (await sign(ctx, version));
    known.set(key, signature);
    const { inputs, fault, conflicts } = signature;
    fields.push({
      signature: inputs === null ? null : { inputs, output: version.outputSchema },
      templateFault: fault,
      inputConflicts: conflicts,
    });
  }
  return fields;
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
  const [fields] = await signaturesOf(ctx, [{ ...row, promptId }]);
  return { ...row, ...(fields as SignedFields) };
}

async function sign({ db, workers, log }: SigningContext, version: Unsigned): Promise<StoredSignature> {
  const signature = await signatureFor(workers, version);
  try {
    await writeSignature(db, version, signature);
  } catch (error) {
    // It may have been purged meanwhile, or the disk be full: the next read works it out again.
    log.warn({ err: error, version: keyOf(version) }, 'what a version promises could not be kept');
  }
  return signature;
}
