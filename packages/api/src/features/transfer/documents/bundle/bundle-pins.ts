import type { Database } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { BundleInclude } from '../import-item.ts';

/** A prompt of a bundle as it is here: the numbers of its versions, from that of its first. */
export interface BundledPrompt {
  readonly promptId: string;
  readonly numbers: readonly number[];
}

/** A version that was just written, and what its references led to where the bundle was made. */
export interface PinnedVersion {
  readonly promptId: string;
  readonly version: number;
  readonly includes?: readonly BundleInclude[] | undefined;
}

/**
 * Lets references of versions lead to the same versions as where they come from, as far as those are in the bundle as well.
 * One that names a label goes on following it.
 * @param bundled the prompts of the bundle that are here already, by the ids that they have there
 */
export async function pinIncludes(
  trx: Transaction<Database>,
  versions: readonly PinnedVersion[],
  bundled: ReadonlyMap<string, BundledPrompt>,
): Promise<void> {
  const pins = versions.flatMap(({ promptId, version, includes = [] }) =>
    includes.flatMap(({ name, promptId: theirs, version: number }) => {
      const target = bundled.get(theirs);
      const pinned = target?.numbers[number - 1];
      return target === undefined || pinned === undefined
        ? []
        : [{ promptId, version, name, target: target.promptId, pinned }];
    }),
  );
  if (pins.length === 0) return;
  await sql`
    UPDATE prompt_includes SET included_prompt_id = pins.target, included_version = pins.pinned
    FROM json_to_recordset(${JSON.stringify(pins)}::json) AS pins (
      "promptId" uuid, version integer, name text, target uuid, pinned integer
    )
    WHERE prompt_includes.prompt_id = pins."promptId" AND prompt_includes.version = pins.version
      AND prompt_includes.name = pins.name AND prompt_includes.label IS NULL
      AND (included_prompt_id, included_version) IS DISTINCT FROM (pins.target, pins.pinned)
  `.execute(trx);
}
