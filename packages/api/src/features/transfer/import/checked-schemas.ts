import type { Workers } from '../../../context.ts';
import { type GivenSchemas, requireSchemas, schemaFaults } from '../../../domain/declarations/given-schemas.ts';
import { AppError } from '../../../errors.ts';
import { type ImportedPrompt, reasonOf } from './imported-prompt.ts';
import type { SourceRow } from './source-rows.ts';

/**
 * The rows of a batch with what is wrong with their schemas.
 * @throws AppError server.busy
 */
export async function withCheckedSchemas(workers: Workers, rows: readonly SourceRow[]): Promise<SourceRow[]> {
  const faults = await schemaFaults(
    workers,
    rows.map(({ prompt }) => prompt ?? {}),
  );
  return rows.map((row, index) =>
    row.prompt === null ? row : { ...row, prompt: { ...row.prompt, schemaFaults: faults[index] ?? {} } },
  );
}

/** Why the schemas of a row make no version of a prompt, with what it has already; null where they do. */
export function refusedSchemas(prompt: ImportedPrompt, former: GivenSchemas = {}): string | null {
  try {
    requireSchemas(prompt.schemaFaults ?? {}, prompt, former);
    return null;
  } catch (error) {
    if (error instanceof AppError) return reasonOf(error.errors);
    throw error;
  }
}
