import { sql } from 'kysely';
import type { Db, Who } from '../../../context.ts';
import { type LookedUp, wantedTargets } from '../../../domain/references/reference-targets.ts';

/** Where a reference leads, and by which rows it could lead elsewhere. */
export interface WatchedTarget {
  readonly promptId: string | null;
  readonly version: number | null;
  readonly includes: boolean;
  /** Who has the handle that it begins with, if anybody. */
  readonly namedId: string | null;
  /** Prompts of these names, whether or not the reader may see them: never to be shown. */
  readonly candidates: readonly string[];
}

/** The targets of references, in their order, by one statement. */
export async function findWatchedTargets(
  db: Db,
  who: Who,
  references: readonly LookedUp[],
): Promise<readonly WatchedTarget[]> {
  const { rows } = await sql<WatchedTarget>`
    SELECT prompts.id AS "promptId", found.version, owner.id AS "namedId",
      EXISTS (
        SELECT FROM prompt_includes
        WHERE prompt_includes.prompt_id = found.prompt_id AND prompt_includes.version = found.version
      ) AS includes,
      ARRAY(
        SELECT other.id FROM prompts AS other WHERE other.user_id = ${who.userId}::uuid AND other.slug = wanted.path
        UNION ALL
        SELECT other.id FROM prompts AS other WHERE other.user_id = owner.id AND other.slug = wanted.slug
        UNION ALL
        SELECT other.prompt_id FROM prompt_aliases AS other
        WHERE other.user_id = ${who.userId}::uuid AND other.alias = wanted.path
      ) AS candidates
    FROM ${wantedTargets(who, references)}
    LEFT JOIN users AS owner ON owner.handle = wanted.handle
    ORDER BY wanted.place
  `.execute(db);
  return rows;
}
