// What versions include, by whatever way, as a caller may read it: each edge leads from a version, by the reference that its text
// writes, to another one. What a caller may not read, and what a label does not point at, is not there.
import { createHash } from 'node:crypto';
import { othersTurn } from '@promptory/db';
import { MAX_INCLUDED } from '@promptory/schemas';
import { MAX_INCLUDE_DEPTH } from '@promptory/template';
import { sql } from 'kysely';
import { readablePrompts } from '../../access/visibility.ts';
import type { Db, Who } from '../../context.ts';
import { revisionOf } from '../../views/revision.ts';
import { storedContent } from '../../views/stored-content.ts';
import { storedDocument } from '../../views/stored-document.ts';
import { isOneOfVersions } from '../../views/version-view.ts';
import { versionNamed } from '../references/reference-targets.ts';
import { keyOf, type VersionId } from '../signatures/included-texts.ts';

/** One prompt more than one may include, and itself: where there are more, that is a fault, whichever they are. */
const MOST_VERSIONS = MAX_INCLUDED + 2;
/** A version has one edge more than that at most. */
const MOST_EDGES = MOST_VERSIONS * (MAX_INCLUDED + 1);

interface Edge extends VersionId {
  readonly name: string;
  /** Null where it leads nowhere for this caller. */
  readonly to: VersionId | null;
  /** Of the text that it leads to. */
  readonly bytes: number;
}

/** The text of an included version. */
export interface IncludedVersion extends VersionId {
  readonly ref: string;
  readonly ownerId: string;
  readonly content: string;
  readonly inputSchema: Record<string, unknown> | null;
}

/** What some versions include. */
export class Inclusions {
  readonly #edges: ReadonlyMap<string, readonly Edge[]>;
  /** What was found below a version is asked for several times, and may be thousands of edges. */
  readonly #below = new Map<string, readonly Edge[]>();

  /** @param edges of each version, by its key */
  constructor(edges: ReadonlyMap<string, readonly Edge[]>) {
    this.#edges = edges;
  }

  /** The edges of a version itself. */
  of(version: VersionId): readonly Edge[] {
    return this.#edges.get(keyOf(version)) ?? [];
  }

  /** All edges that lead on from a version, its own first. */
  below(version: VersionId): readonly Edge[] {
    const known = this.#below.get(keyOf(version));
    if (known !== undefined) return known;
    const found: Edge[] = [];
    const seen = new Set([keyOf(version)]);
    const open: VersionId[] = [version];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const edge of this.of(next)) {
        found.push(edge);
        if (edge.to === null || seen.has(keyOf(edge.to))) continue;
        seen.add(keyOf(edge.to));
        open.push(edge.to);
      }
    }
    this.#below.set(keyOf(version), found);
    return found;
  }

  /** By which of its own references a version comes to include itself, or prompts that lie too deep; null by none. */
  endlessIn(version: VersionId): { readonly name: string; readonly message: string } | null {
    const heights = new Map<string, number>();
    for (const { name, to } of this.of(version)) {
      const height = to === null ? 0 : this.#heightOf(to, [keyOf(version)], heights);
      if (height === Number.POSITIVE_INFINITY) {
        return { name, message: `\`${name}\` includes itself, by way of what it includes` };
      }
      if (height > MAX_INCLUDE_DEPTH) {
        return { name, message: `with \`${name}\`, more than ${MAX_INCLUDE_DEPTH} prompts lie in one another` };
      }
    }
    return null;
  }

  /** How many lie in one another from here on, itself counted; without end where one of `chain` comes again. */
  #heightOf(version: VersionId, chain: readonly string[], heights: Map<string, number>): number {
    const key = keyOf(version);
    if (chain.includes(key)) return Number.POSITIVE_INFINITY;
    const known = heights.get(key);
    if (known !== undefined) return known;
    let height = 1;
    for (const { to } of this.of(version)) {
      if (to !== null) height = Math.max(height, 1 + this.#heightOf(to, [...chain, key], heights));
      if (height === Number.POSITIVE_INFINITY) break;
    }
    heights.set(key, height);
    return height;
  }

  /** Each version that it includes, once. */
  versions(version: VersionId): VersionId[] {
    const all = this.below(version).flatMap(({ to }) => (to === null ? [] : [to]));
    return [...new Map(all.map((each) => [keyOf(each), each])).values()];
  }

  /** Of all texts that it includes. */
  bytes(version: VersionId): number {
    const sizes = new Map(this.below(version).flatMap(({ to, bytes }) => (to === null ? [] : [[keyOf(to), bytes]])));
    return [...sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** Another one whenever a version is, or one that it includes, as far as these may be read. */
  revision(version: VersionId): string {
    const edges = this.below(version).map(
      (edge) => `${keyOf(edge)} ${edge.name} ${edge.to === null ? '' : keyOf(edge.to)}`,
    );
    return revisionOf([keyOf(version), ...edges.sort()].join('\n'));
  }

  /** Tells which versions are included; '' for none, and null where some of it may not be read or is not there. */
  digest(version: VersionId): string | null {
    const edges = this.below(version);
    if (edges.length === 0) return '';
    if (edges.some(({ to }) => to === null)) return null;
    const lines = edges.map((edge) => `${keyOf(edge)} ${edge.name} ${keyOf(edge.to as VersionId)}`).sort();
    return createHash('sha256').update(lines.join('\n')).digest('base64url');
  }
}

/** Versions of which it is asked at once what they include: each may come to thousands of edges. */
const ROOTS_AT_ONCE = 10;

/**
 * What versions include, by one statement for ten of them; between two of these others have their turn. Of the versions themselves
 * the caller has made sure.
 */
export async function findInclusions(db: Db, who: Who, versions: readonly VersionId[]): Promise<Inclusions> {
  const edges = new Map<string, readonly Edge[]>();
  for (let at = 0; at < versions.length; at += ROOTS_AT_ONCE) {
    if (at > 0) await othersTurn();
    const found = await findEdges(db, who, versions.slice(at, at + ROOTS_AT_ONCE));
    // What one version includes is the same from wherever it was reached.
    for (const [key, ofOne] of Map.groupBy(found, keyOf)) if (!edges.has(key)) edges.set(key, ofOne);
  }
  return new Inclusions(edges);
}

async function findEdges(db: Db, who: Who, versions: readonly VersionId[]): Promise<Edge[]> {
  const target = sql`(
    SELECT prompts.id, held.version, octet_length(held.content) AS bytes
    FROM prompts JOIN prompt_versions AS held ON held.prompt_id = prompts.id
      AND held.version = ${versionNamed({ label: sql`named.label`, version: sql`named.included_version` })}
    WHERE prompts.id = named.included_prompt_id AND held.messages IS NULL AND ${readablePrompts(who)}
  )`;
  const { rows } = await sql<
    VersionId & { name: string; toId: string | null; toVersion: number; bytes: number | null }
  >`
    WITH those AS MATERIALIZED (
      SELECT DISTINCT found.prompt_id, found.version
      FROM unnest(
        ${versions.map(({ promptId }) => promptId)}::uuid[], ${versions.map(({ version }) => version)}::integer[]
      ) AS root (prompt_id, version), LATERAL (
        WITH RECURSIVE reached (prompt_id, version) AS (
          SELECT root.prompt_id, root.version
          UNION
          SELECT target.id, target.version
          FROM reached JOIN prompt_includes AS named USING (prompt_id, version) JOIN LATERAL ${target} AS target ON true
        )
        SELECT * FROM reached LIMIT ${MOST_VERSIONS}::integer
      ) AS found
    )
    SELECT named.prompt_id AS "promptId", named.version, named.name, target.id AS "toId", target.version AS "toVersion",
      target.bytes
    FROM those JOIN prompt_includes AS named USING (prompt_id, version) LEFT JOIN LATERAL ${target} AS target ON true
    ORDER BY 1, 2, 3 LIMIT ${MOST_EDGES * versions.length}::integer
  `.execute(db);
  return rows.map(({ toId, toVersion, bytes, ...edge }) => ({
    ...edge,
    to: toId === null ? null : { promptId: toId, version: toVersion },
    bytes: bytes ?? 0,
  }));
}

/** The texts of versions that were found to be readable just now. */
export async function readIncluded(db: Db, versions: readonly VersionId[]): Promise<IncludedVersion[]> {
  if (versions.length === 0) return [];
  return db
    .selectFrom('prompt_versions')
    .innerJoin('prompts', 'prompts.id', 'prompt_versions.prompt_id')
    .innerJoin('users as owner', 'owner.id', 'prompts.user_id')
    .select([
      'prompt_versions.prompt_id as promptId',
      'prompt_versions.version',
      sql<string>`owner.handle || '/' || prompts.slug`.as('ref'),
      'prompts.user_id as ownerId',
      storedContent('prompt_versions').as('content'),
      storedDocument<Record<string, unknown> | null>('prompt_versions', 'input_schema').as('inputSchema'),
    ])
    .where(isOneOfVersions(versions))
    .execute();
}
