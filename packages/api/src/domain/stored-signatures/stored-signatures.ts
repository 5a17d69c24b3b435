import type { InputConflict, TemplateFault } from '@promptory/schemas';
import { LANGUAGE_VERSION } from '@promptory/template';
import { sql } from 'kysely';
import type { Db } from '../../context.ts';
import { keyOf, type VersionId } from '../signatures/included-texts.ts';

/** What was worked out of a version: the schema of its inputs, or why it has none. */
export interface StoredSignature {
  readonly inputs: Record<string, unknown> | null;
  readonly fault: TemplateFault | null;
  readonly conflicts: InputConflict[];
}

/** What is kept, and the digest of what was included then. */
export interface KeptSignature extends StoredSignature {
  readonly included: string;
}

/** What is kept of versions, by their keys; of another reading of the language it counts for nothing. */
export async function findSignatures(db: Db, versions: readonly VersionId[]): Promise<Map<string, KeptSignature>> {
  if (versions.length === 0) return new Map();
  const { rows } = await sql<VersionId & KeptSignature>`
    SELECT prompt_id AS "promptId", version, inputs, fault, conflicts, included FROM prompt_signatures
    WHERE (prompt_id, version) IN (
      SELECT * FROM unnest(${versions.map(({ promptId }) => promptId)}::uuid[], ${versions.map(({ version }) => version)}::integer[])
    ) AND language = ${LANGUAGE_VERSION}::integer
  `.execute(db);
  return new Map(rows.map(({ promptId, version, ...signature }) => [keyOf({ promptId, version }), signature]));
}

/** What a version promises, with the digest of what it includes; '' for nothing. */
export interface SignatureRow extends StoredSignature, VersionId {
  readonly included: string;
}

/** Keeps what versions promise, by one statement. Of one that is gone meanwhile nothing is kept. */
export async function writeSignatures(db: Db, signatures: readonly SignatureRow[]): Promise<void> {
  if (signatures.length === 0) return;
  // Texts within the JSON: so that a schema keeps the order of its members, and null stays no document.
  const textOf = (value: unknown) => (value === null ? null : JSON.stringify(value));
  const rows = signatures.map(({ inputs, fault, conflicts, ...rest }) => ({
    ...rest,
    ...{ inputs: textOf(inputs), fault: textOf(fault), conflicts: JSON.stringify(conflicts) },
  }));
  await sql`
    INSERT INTO prompt_signatures (prompt_id, version, language, inputs, fault, conflicts, included)
    SELECT held.prompt_id, held.version, ${LANGUAGE_VERSION}::integer, made.inputs::json, made.fault::json,
      made.conflicts::json, made.included
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS made (
      "promptId" uuid, version integer, inputs text, fault text, conflicts text, included text
    ) JOIN prompt_versions AS held ON held.prompt_id = made."promptId" AND held.version = made.version
    ORDER BY held.prompt_id, held.version
    ON CONFLICT (prompt_id, version) DO UPDATE
    SET language = excluded.language, inputs = excluded.inputs, fault = excluded.fault, conflicts = excluded.conflicts,
      included = excluded.included
  `.execute(db);
}

/** Keeps what a version promises that includes nothing. */
export const writeSignature = (db: Db, version: VersionId, signature: StoredSignature): Promise<void> =>
  writeSignatures(db, [{ ...version, ...signature, included: '' }]);

/**
 * Lets a version promise what another one of the same text does, where that is known, and depends on nothing that it includes: of
 * what includes others, whoever answers it finds that out.
 */
export async function copySignature(trx: Db, from: VersionId, to: VersionId): Promise<void> {
  await sql`
    INSERT INTO prompt_signatures (prompt_id, version, language, inputs, fault, conflicts, included)
    SELECT ${to.promptId}::uuid, ${to.version}::integer, language, inputs, fault, conflicts, included
    FROM prompt_signatures
    WHERE prompt_id = ${from.promptId}::uuid AND version = ${from.version}::integer AND included = ''
    ON CONFLICT DO NOTHING
  `.execute(trx);
}
