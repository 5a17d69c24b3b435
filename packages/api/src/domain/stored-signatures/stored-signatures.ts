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
interface KeptSignature extends StoredSignature {
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

/** Keeps what a version promises, with the digest of what it includes. */
export async function writeSignature(
  db: Db,
  { promptId, version }: VersionId,
  { inputs, fault, conflicts }: StoredSignature,
  included = '',
): Promise<void> {
  const [schema, why] = [inputs, fault].map((value) => (value === null ? null : JSON.stringify(value)));
  await sql`
    INSERT INTO prompt_signatures (prompt_id, version, language, inputs, fault, conflicts, included)
    SELECT prompt_id, version, ${LANGUAGE_VERSION}::integer, ${schema}::json, ${why}::json,
      ${JSON.stringify(conflicts)}::json, ${included}
    FROM prompt_versions WHERE prompt_id = ${promptId}::uuid AND version = ${version}::integer
    ON CONFLICT (prompt_id, version) DO UPDATE
    SET language = excluded.language, inputs = excluded.inputs, fault = excluded.fault, conflicts = excluded.conflicts,
      included = excluded.included
  `.execute(db);
}
