import type { Database } from '@promptory/db';
import { fault, MAX_INCLUDED, parseReference } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import type { SignedInContext } from '../../context.ts';
import { invalidInput } from '../../errors.ts';
import { findInclusions } from '../includes/included-versions.ts';
import { promptNamed } from '../references/reference-targets.ts';
import type { VersionId } from '../signatures/included-texts.ts';
import type { IncludePlaces, IncludingText } from './include-places.ts';
import type { VersionText } from './signature-for.ts';

/**
 * Settles what a version includes that was just saved, or was saved again: what its references name, with the rights of the
 * caller. What already leads somewhere stays; what leads nowhere is kept, as a fault of the text.
 * @throws AppError request.invalid where it includes itself or lies too deep
 */
export async function saveIncludes(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  ownerId: string,
  version: VersionText,
  places: IncludePlaces,
): Promise<void> {
  if (!(await settleIncludes(trx, ctx, ownerId, [version], places))) return;
  const endless = (await findInclusions(trx, ctx.who, [version])).endlessIn(version);
  if (endless === null) return;
  const place = places.of(version).find(({ reference }) => reference === endless.name);
  const where = place === undefined ? '' : `At line ${place.line}, column ${place.column}: `;
  const field = version.messages === null ? 'content' : `messages.${place?.messageIndex ?? 0}`;
  throw invalidInput(field, fault('invalid', {}, `${where}${endless.message}`));
}

/**
 * The same for many at once, which are kept whatever they include. A reference without a label or a version pins the one that is
 * in production, or the latest where none is. What an editor may not read stays what it was in the version before.
 * @returns whether any of them includes anything
 */
export async function settleIncludes(
  trx: Transaction<Database>,
  { who }: SignedInContext,
  ownerId: string,
  versions: readonly (IncludingText & VersionId)[],
  placesOf: IncludePlaces,
): Promise<boolean> {
  const wanted: object[] = [];
  let includes = false;
  for (const version of versions) {
    const places = placesOf.of(version);
    if (places.length > 0) includes = true;
    // One more than there may be shows that there are too many.
    for (const { reference: name } of places.slice(0, MAX_INCLUDED + 1)) {
      const parsed = parseReference(name);
      if (!parsed.ok) continue;
      const { path, named, label, version: number } = parsed.reference;
      wanted.push({ promptId: version.promptId, version: version.version, name, path, label, number, ...named });
    }
  }
  if (wanted.length === 0) return includes;
  const target = promptNamed(
    who,
    { path: sql`wanted.path`, handle: sql`wanted.handle`, slug: sql`wanted.slug` },
    sql`${ownerId}`,
  );
  await sql`
    WITH found AS MATERIALIZED (
      SELECT wanted.*, prompts.id AS target, CASE WHEN wanted.label IS NULL THEN coalesce(
        wanted.number,
        (SELECT held.version FROM prompt_labels AS held WHERE held.prompt_id = prompts.id AND held.label = 'production'),
        prompts.version
      ) END AS pinned
      FROM json_to_recordset(${JSON.stringify(wanted)}::json) AS wanted (
        "promptId" uuid, version integer, name text, path text, label text, number integer, handle text, slug text
      )
      LEFT JOIN prompts ON prompts.id = ${target}
    )
    INSERT INTO prompt_includes (prompt_id, version, name, included_prompt_id, included_version, label)
    SELECT found."promptId", found.version, found.name, coalesce(found.target, former.included_prompt_id),
      CASE WHEN found.target IS NULL THEN former.included_version ELSE found.pinned END, found.label
    FROM found LEFT JOIN prompt_includes AS former ON former.prompt_id = found."promptId"
      AND former.version = found.version - 1 AND former.name = found.name
    ON CONFLICT (prompt_id, version, name) DO UPDATE
    SET included_prompt_id = excluded.included_prompt_id, included_version = excluded.included_version
    WHERE prompt_includes.included_prompt_id IS NULL
  `.execute(trx);
  return includes;
}

/** Lets a version include what another one of the same text does. */
export async function copyIncludes(trx: Transaction<Database>, from: VersionId, to: VersionId): Promise<void> {
  await sql`
    INSERT INTO prompt_includes (prompt_id, version, name, included_prompt_id, included_version, label)
    SELECT ${to.promptId}::uuid, ${to.version}::integer, name, included_prompt_id, included_version, label
    FROM prompt_includes WHERE prompt_id = ${from.promptId}::uuid AND version = ${from.version}::integer
    ON CONFLICT DO NOTHING
  `.execute(trx);
}
