// What a reference means to a caller. Its path is a slug of the caller's own, or a handle and a slug of somebody: one's own comes
// first, so that whoever registers a handle takes no name from others. Where it is neither, it may be what another system called
// one of the caller's prompts. What the caller may not read is in none of them.
import {
  DEFAULT_LABEL,
  fault,
  isNumber,
  LATEST,
  latestOf,
  type PromptReference,
  parseReference,
} from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import { readablePrompts } from '../../access/visibility.ts';
import type { Db, Who } from '../../context.ts';
import { AppError, invalidInput } from '../../errors.ts';

/** A reference as it is looked up: one without a label or a version means the default label. */
export interface LookedUp extends PromptReference {
  /** By which the version is found; null where a version is named. */
  readonly label: string | null;
  /** Whether it names neither a label nor a version. */
  readonly isBare: boolean;
}

/** A text that the schema of references has taken. */
export function lookedUp(text: string): LookedUp {
  const parsed = parseReference(text);
  if (!parsed.ok) throw new Error('A reference was not checked.');
  const { reference } = parsed;
  const isBare = reference.label === null && reference.version === null;
  return { ...reference, label: isBare ? DEFAULT_LABEL : reference.label, isBare };
}

type Sql = RawBuilder<unknown>;

/**
 * The id of the prompt that a path names, as an expression. A prompt in the caller's trash keeps its name from meaning somebody
 * else's until it is purged.
 * @param ownerId whose own slugs come first: the caller's, or those of whoever owns the text that has the reference
 */
export const promptNamed = (
  who: Who,
  { path, handle, slug }: { path: Sql; handle: Sql; slug: Sql },
  ownerId: Sql = sql`${who.userId}`,
) => sql<string>`coalesce(
  (SELECT prompts.id FROM prompts
    WHERE prompts.user_id = ${ownerId}::uuid AND prompts.slug = ${path} AND ${readablePrompts(who)}),
  (SELECT prompts.id FROM users AS named JOIN prompts ON prompts.user_id = named.id
    WHERE named.handle = ${handle} AND prompts.slug = ${slug} AND ${readablePrompts(who)}
      AND NOT EXISTS (
        SELECT FROM prompts AS trashed
        WHERE trashed.user_id = ${ownerId}::uuid AND trashed.deleted_at IS NOT NULL AND trashed.trashed_slug = ${path}
          AND ${who.groupId}::uuid IS NULL
      )),
  (SELECT prompts.id FROM prompt_aliases JOIN prompts ON prompts.id = prompt_aliases.prompt_id
    WHERE prompt_aliases.user_id = ${ownerId}::uuid AND prompt_aliases.alias = ${path} AND ${readablePrompts(who)})
)`;

/** The number of the version that is meant, of the row of `prompts` that the query names so, as an expression. */
export const versionNamed = ({ label, version }: { label: Sql; version: Sql }) => sql<number>`CASE
  WHEN ${label} IS NULL THEN ${version}
  WHEN ${label} = ${LATEST} THEN prompts.version
  ELSE (SELECT prompt_labels.version FROM prompt_labels WHERE prompt_labels.prompt_id = prompts.id AND prompt_labels.label = ${label})
END`;

/** What a reference leads to. */
interface Target {
  readonly promptId: string | null;
  readonly version: number | null;
  /** Of its text, about. */
  readonly bytes: number;
}

const bytesOfVersion = sql<number>`(
  octet_length(found.content) * CASE WHEN found.messages IS NULL THEN 1 ELSE 2 END + octet_length(found.description)
    + 8 * pg_column_size(found.config) + 8 * coalesce(pg_column_size(found.input_schema), 0)
    + 8 * coalesce(octet_length(found.output_schema::text), 0)
)`;

/**
 * What a statement about several references reads from: a row of `wanted` for each, by its `place`, the visible row of `prompts` that it
 * names, and of `prompt_versions`, as `found`, the version; nulls where there is none.
 */
export function wantedTargets(who: Who, references: readonly LookedUp[]): RawBuilder<unknown> {
  const json = JSON.stringify(
    references.map(({ path, named, label, version }, place) => ({ place, path, label, version, ...named })),
  );
  const named = { path: sql`wanted.path`, handle: sql`wanted.handle`, slug: sql`wanted.slug` };
  return sql`json_to_recordset(${json}::json)
      AS wanted (place integer, path text, handle text, slug text, label text, version integer)
    LEFT JOIN LATERAL (SELECT ${promptNamed(who, named)} AS id) AS meant ON true
    LEFT JOIN LATERAL (SELECT * FROM prompts WHERE prompts.id = meant.id LIMIT 1) AS prompts ON true
    LEFT JOIN LATERAL (
      SELECT * FROM prompt_versions AS found WHERE found.prompt_id = prompts.id
        AND found.version = ${versionNamed({ label: sql`wanted.label`, version: sql`wanted.version` })}
      LIMIT 1
    ) AS found ON true`;
}

/** The targets of references, in their order, by one statement. */
export async function findTargets(db: Db, who: Who, references: readonly LookedUp[]): Promise<Target[]> {
  const { rows } = await sql<Target>`
    SELECT prompts.id AS "promptId", found.version, coalesce(${bytesOfVersion}, 0) AS bytes
    FROM ${wantedTargets(who, references)}
    ORDER BY wanted.place
  `.execute(db);
  return rows;
}

/** Why a reference leads nowhere; null where it leads to a version. */
export function refusalOf(reference: LookedUp, target: Target | undefined): AppError | null {
  if (target === undefined || target.promptId === null) return new AppError('prompt.not_found');
  if (target.version !== null) return null;
  if (reference.label === null) return new AppError('prompt.version_not_found');
  const hint = hintFor(reference);
  const message = `No version of this prompt has the label \`${reference.label}\`; \`${latestOf(reference)}\` is its latest version.${hint}`;
  return new AppError('label.not_found', { message });
}

/** What else may have been meant. */
function hintFor({ path, label, isBare }: LookedUp): string {
  // What follows a # is no part of an address, so that a client sends none of it.
  if (isBare) return ` A version is named by its number: \`${path}#1\`, in an address \`${path}%231\`.`;
  return label !== null && isNumber(label) ? ` Version ${label} is \`${path}#${label}\`.` : '';
}

/**
 * Which of some slugs already name somebody else's prompt that the caller may read: with one of them, the caller's programs would
 * be given its own instead from then on, unseen.
 */
export async function listShadowing(db: Db, who: Who, slugs: readonly string[]): Promise<ReadonlySet<string>> {
  const wanted = slugs.flatMap((path) => {
    const parsed = parseReference(path);
    return parsed.ok && parsed.reference.named !== null ? [{ path, ...parsed.reference.named }] : [];
  });
  if (wanted.length === 0) return new Set();
  const { rows } = await sql<{ path: string }>`
    SELECT wanted.path FROM json_to_recordset(${JSON.stringify(wanted)}::json) AS wanted (path text, handle text, slug text)
    JOIN users AS named ON named.handle = wanted.handle AND named.id <> ${who.userId}::uuid
    JOIN prompts ON prompts.user_id = named.id AND prompts.slug = wanted.slug
    WHERE ${readablePrompts(who)}
  `.execute(db);
  return new Set(rows.map(({ path }) => path));
}

/** Why such a slug is refused. */
export const shadowing = (slug: string): string =>
  `Names the prompt of somebody else already: programs that fetch it by \`${slug}\` would be given this one`;

/**
 * Refuses such a slug.
 * @throws AppError request.invalid
 */
export async function requireUnshadowed(db: Db, who: Who, slug: string): Promise<void> {
  if ((await listShadowing(db, who, [slug])).has(slug))
    throw invalidInput('slug', fault('not_allowed', {}, shadowing(slug)));
}
