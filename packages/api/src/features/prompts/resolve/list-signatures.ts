import { fittingCount, keysetPage, type Page, rowBytes } from '@promptory/db';
import { type ListSignaturesInput, MAX_LISTED_LABELS, type PromptSignature } from '@promptory/schemas';
import { LANGUAGE_VERSION } from '@promptory/template';
import { type RawBuilder, sql } from 'kysely';
import { requireGroup } from '../../../access/require.ts';
import { readablePrompts } from '../../../access/visibility.ts';
import type { SignedInContext } from '../../../context.ts';
import { allOf, promptFilters } from '../../../domain/prompts/search/prompt-filters.ts';
import { keyOf, type VersionId } from '../../../domain/signatures/included-texts.ts';
import { keptSignatures, signed } from '../../../domain/stored-signatures/signed.ts';
import { type ListContext, listCursor } from '../../../views/list-cursor.ts';
import { storedOutputSchema } from '../../../views/stored-document.ts';
import { isOneOfVersions, selectWholeVersions } from '../../../views/version-view.ts';

/** Versions of a page whose signature is not kept: each takes a worker, so that a page ends before the next one. */
const WORKED_OUT_AT_MOST = 20;

interface Key extends VersionId {
  readonly createdAt: string;
  /** Of what is answered, about. */
  readonly bytes: number;
  readonly includes: boolean;
}

/**
 * What prompts take and answer, those made last first: of each the latest version and those that labels point at, once. Texts are
 * read only of what is not kept, and a page holds few of those.
 * @throws AppError group.not_found, request.cursor_invalid, server.busy
 */
export async function listSignatures(ctx: SignedInContext, input: ListSignaturesInput): Promise<Page<PromptSignature>> {
  const { groupId, tag, label } = input;
  if (groupId !== undefined) await requireGroup(ctx.db, ctx.who, groupId, 'read');
  const asked = groupId === undefined ? { owner: 'me' as const, tag } : { groupId, tag };
  const scope = allOf([readablePrompts(ctx.who), ...promptFilters(ctx.who, asked)]);
  const { after, limit, cursorOf } = listCursor(ctx, 'prompts.signatures', input);
  const keys = await keysetPage(selectKeys(ctx, firstOf(scope, limit, after), label ?? null), {
    orderBy: [
      { by: 'prompts.created_at', direction: 'desc' },
      { by: 'prompts.id', direction: 'desc' },
      { by: 'shown.version', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  const fitting = keys.slice(0, Math.min(limit, fittingCount(keys.map(({ bytes }) => bytes))));
  const kept = await keptSignatures(ctx, fitting);
  const missing = kept.flatMap((signature, at) => (signature === null ? [at] : []));
  const page = fitting.slice(0, missing[WORKED_OUT_AT_MOST] ?? fitting.length);
  const rows = new Map((await readRows(ctx, scope, page, label ?? null)).map((row) => [keyOf(row), row]));
  const items: PromptSignature[] = [];
  for (const [at, key] of page.entries()) {
    const row = rows.get(keyOf(key));
    if (row === undefined) continue;
    const signature = kept[at] ?? (await workOut(ctx, key));
    if (signature !== null) items.push({ ...row, inputs: signature.inputs });
  }
  const shown = items.slice(0, fittingCount(items.map(rowBytes)));
  const last =
    shown.length < items.length ? page.find((key) => keyOf(key) === keyOf(shown.at(-1) as VersionId)) : page.at(-1);
  const isWhole = shown.length === items.length && page.length === keys.length;
  const nextCursor = isWhole || last === undefined ? null : cursorOf([last.createdAt, last.promptId, last.version]);
  return { items: shown, nextCursor };
}

type Labels = readonly string[] | null;

const isAskedFor = (labels: Labels): RawBuilder<boolean> =>
  labels === null ? sql<boolean>`true` : sql<boolean>`held.label = ANY (${labels}::text[])`;

/** As many prompts as a page can show, and where it goes on: of those of a tenant no more is looked at. Each has a version to show. */
function firstOf(scope: RawBuilder<boolean>, limit: number, after: readonly unknown[] | undefined) {
  const goesOn =
    after === undefined
      ? sql``
      : sql`AND (prompts.created_at, prompts.id) <= (${after[0]}::timestamptz, ${after[1]}::uuid)`;
  return sql<{ id: string }>`(
    SELECT prompts.id FROM prompts WHERE ${scope} ${goesOn} ORDER BY prompts.created_at DESC, prompts.id DESC LIMIT ${limit + 2}::integer
  )`;
}

function selectKeys({ db }: Pick<ListContext, 'db'>, first: RawBuilder<{ id: string }>, labels: Labels) {
  const shown = sql<{ version: number }>`(
    SELECT prompts.version UNION
    SELECT held.version FROM prompt_labels AS held
    WHERE held.prompt_id = prompts.id AND held.version IS NOT NULL AND ${isAskedFor(labels)}
  )`;
  // Of what is kept no more than its schema is answered; else the text is read.
  const bytes = sql<number>`(
    octet_length(prompt_versions.description) + 8 * coalesce(octet_length(prompt_versions.output_schema::text), 0)
      + CASE WHEN kept.version IS NULL THEN octet_length(prompt_versions.content)
          + 8 * coalesce(pg_column_size(prompt_versions.input_schema), 0)
        ELSE coalesce(octet_length(kept.inputs::text), 0) END
  )`;
  // Looked up one by one: the planner would read all versions of a prompt, be it a thousand, to find those that are shown.
  const version = sql<unknown>`(
    SELECT * FROM prompt_versions AS one WHERE one.prompt_id = prompts.id AND one.version = shown.version OFFSET 0
  )`;
  return db
    .selectFrom(first.as('first'))
    .innerJoin('prompts', 'prompts.id', 'first.id')
    .innerJoinLateral(shown.as('shown'), (join) => join.onTrue())
    .innerJoinLateral(version.as('prompt_versions'), (join) => join.onTrue())
    .leftJoin('prompt_signatures as kept', (join) =>
      join
        .onRef('kept.prompt_id', '=', 'prompts.id')
        .onRef('kept.version', '=', 'shown.version')
        .on('kept.language', '=', LANGUAGE_VERSION),
    )
    .select([
      'prompts.id as promptId',
      'shown.version',
      sql<string>`prompts.created_at`.as('createdAt'),
      bytes.as('bytes'),
      sql<boolean>`EXISTS (
        SELECT FROM prompt_includes AS named WHERE named.prompt_id = prompts.id AND named.version = shown.version
      )`.as('includes'),
    ]);
}

/** Access is checked anew. */
async function readRows(
  { db }: Pick<ListContext, 'db'>,
  scope: RawBuilder<boolean>,
  keys: readonly Key[],
  labels: Labels,
) {
  if (keys.length === 0) return [];
  const pointing = sql<string[]>`ARRAY(
    SELECT held.label FROM prompt_labels AS held
    WHERE held.prompt_id = prompts.id AND held.version = prompt_versions.version AND ${isAskedFor(labels)}
    ORDER BY held.label LIMIT ${MAX_LISTED_LABELS}::integer
  )`;
  return db
    .selectFrom('prompt_versions')
    .innerJoin('prompts', 'prompts.id', 'prompt_versions.prompt_id')
    .innerJoin('users as owner', 'owner.id', 'prompts.user_id')
    .select([
      'prompts.id as promptId',
      'prompts.slug',
      sql<string>`owner.handle || '/' || prompts.slug`.as('ref'),
      'prompt_versions.version',
      sql<boolean>`prompt_versions.version = prompts.version`.as('isLatest'),
      pointing.as('labels'),
      'prompt_versions.title',
      'prompt_versions.description',
      storedOutputSchema('prompt_versions').as('output'),
    ])
    .where(isOneOfVersions(keys))
    .where(scope)
    .execute();
}

/** Null where it is gone meanwhile. */
async function workOut(ctx: SignedInContext, { promptId, version }: VersionId) {
  const row = await selectWholeVersions(ctx.db)
    .where(isOneOfVersions([{ promptId, version }]))
    .executeTakeFirst();
  if (row === undefined) return null;
  const { signature } = await signed(ctx, promptId, row);
  return { inputs: signature?.inputs ?? null };
}
