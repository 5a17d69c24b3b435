import { sql } from 'kysely';
import type { Db, Who } from '../../../context.ts';
import type { LookedUp } from '../../../domain/references/reference-targets.ts';
import { promptNamed, versionNamed } from '../../../domain/references/reference-targets.ts';

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
  const json = JSON.stringify(
    references.map(({ path, named, label, version }, place) => ({ place, path, label, version, ...named })),
  );
  const named = { path: sql`wanted.path`, handle: sql`wanted.handle`, slug: sql`wanted.slug` };
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
    FROM json_to_recordset(${json}::json)
      AS wanted (place integer, path text, handle text, slug text, label text, version integer)
    LEFT JOIN users AS owner ON owner.handle = wanted.handle
    LEFT JOIN LATERAL (SELECT ${promptNamed(who, named)} AS id) AS meant ON true
    LEFT JOIN LATERAL (SELECT * FROM prompts WHERE prompts.id = meant.id LIMIT 1) AS prompts ON true
    LEFT JOIN LATERAL (
      SELECT held.prompt_id, held.version FROM prompt_versions AS held WHERE held.prompt_id = prompts.id
        AND held.version = ${versionNamed({ label: sql`wanted.label`, version: sql`wanted.version` })}
      LIMIT 1
    ) AS found ON true
    ORDER BY wanted.place
  `.execute(db);
  return rows;
}
