// What a version promises is kept with it, so that no read parses its text again: in the database, and of those that are asked
// for again and again in this process too. It is worked out when the version is saved, alone or with others, or by whoever reads it
// first: one of before there were signatures, of an earlier reading of the language, or one that includes by a label which has
// moved.
import { othersTurn } from '@promptory/db';
import type { PromptVersion } from '@promptory/schemas';
import { LRUCache } from 'lru-cache';
import type { SignedInContext } from '../../context.ts';
import { findInclusions, type Inclusions } from '../includes/included-versions.ts';
import { keyOf, mayInclude, type VersionId } from '../signatures/included-texts.ts';
import { includedTexts } from './included-texts.ts';
import { type SignedText, signatureFor, type VersionText } from './signature-for.ts';
import {
  findSignatures,
  type KeptSignature,
  type SignatureRow,
  type StoredSignature,
  writeSignatures,
} from './stored-signatures.ts';

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
 * @param found what they include, where that is known
 * @throws AppError server.busy
 */
export async function signaturesOf(
  ctx: SigningContext,
  versions: readonly VersionText[],
  found: Inclusions | null = null,
): Promise<Signatures> {
  const asked = versions.filter((version) => !known.has(keyOf(version)));
  const stored = await findSignatures(ctx.db, asked);
  const inclusions = found ?? (await findInclusions(ctx.db, ctx.who, asked.filter(mayInclude)));
  const fields: SignedFields[] = [];
  for (const version of versions) {
    const key = keyOf(version);
    const inMemory = known.get(key);
    const signature =
      inMemory ?? keptOf(stored.get(key), version, inclusions) ?? (await sign(ctx, version, inclusions));
    if (inMemory === undefined && !mayInclude(version)) known.set(key, signature);
    const { inputs, fault, conflicts } = signature;
    fields.push({
      signature: inputs === null ? null : { inputs, output: version.outputSchema },
      templateFault: fault,
      inputConflicts: conflicts,
    });
    // The digest of one may be of thousands of edges.
    if (inclusions.of(version).length > 0) await othersTurn();
  }
  return { fields, inclusions };
}

/** What is kept, while it includes what it did then. */
const keptOf = (kept: KeptSignature | undefined, version: VersionId, inclusions: Inclusions): StoredSignature | null =>
  kept !== undefined && kept.included === inclusions.digest(version) ? kept : null;

/** What of versions is kept, in their order: null of one that is to be worked out. Their texts are not asked for. */
export async function keptSignatures(
  { db, who }: Pick<SigningContext, 'db' | 'who'>,
  versions: readonly (VersionId & { readonly includes: boolean })[],
): Promise<(StoredSignature | null)[]> {
  const stored = await findSignatures(db, versions);
  const including = versions.filter(({ includes }) => includes);
  const inclusions = await findInclusions(db, who, including);
  return versions.map((version) => keptOf(stored.get(keyOf(version)), version, inclusions));
}

/** Signatures that one statement keeps. */
const KEPT_AT_ONCE = 250;

/**
 * Works out what versions promise that were saved together, and keeps it, so that no reader waits for it. Behind the transaction
 * that saved them. What is not kept, since no worker is free or the disk is full, is left to whoever reads it first.
 */
export async function keepSignatures(ctx: SigningContext, versions: readonly VersionText[]): Promise<void> {
  const { db, who, workers, log } = ctx;
  try {
    for (let at = 0; at < versions.length; at += KEPT_AT_ONCE) {
      const some = versions.slice(at, at + KEPT_AT_ONCE);
      const inclusions = await findInclusions(db, who, some.filter(mayInclude));
      const rows: SignatureRow[] = [];
      for (const version of some) {
        const included = inclusions.digest(version);
        if (included === null) continue;
        const texts = await includedTexts(db, version, inclusions);
        const { promptId, version: number } = version;
        rows.push({ promptId, version: number, included, ...(await signatureFor(workers, version, texts, false)) });
      }
      await writeSignatures(db, rows);
    }
  } catch (error) {
    log.warn({ err: error }, 'what versions promise that were saved together could not be kept');
  }
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
    await writeSignatures(db, [
      { promptId: version.promptId, version: version.version, included: digest, ...signature },
    ]);
  } catch (error) {
    // It may have been purged meanwhile, or the disk be full: the next read works it out again.
    log.warn({ err: error, version: keyOf(version) }, 'what a version promises could not be kept');
  }
  return signature;
}
