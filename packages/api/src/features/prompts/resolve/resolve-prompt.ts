import { compiledOnce } from '@promptory/db';
import type { ResolvedPrompt, ResolveInput } from '@promptory/schemas';
import { sql } from 'kysely';
import type { Db, Found, SignedInContext, Who } from '../../../context.ts';
import {
  findTargets,
  type LookedUp,
  lookedUp,
  promptNamed,
  refusalOf,
  versionNamed,
} from '../../../domain/references/reference-targets.ts';
import { includedAnswer } from '../../../domain/stored-signatures/included-answer.ts';
import { signaturesOf } from '../../../domain/stored-signatures/signed.ts';
import { recordUse } from '../../../domain/usage/record-use.ts';
import { AppError } from '../../../errors.ts';
import { publicUser } from '../../../views/user-view.ts';
import { selectWholeVersions } from '../../../views/version-view.ts';
import { resolvedFrom } from '../follows-from.ts';
import { type ReadContext, readerKey } from '../reader-key.ts';

/**
 * The version that a reference names, with what it promises and includes: by no statement where the caller has asked for it lately and
 * nothing of it has changed since; by one where it includes nothing. The use is counted.
 * @throws AppError prompt.not_found, prompt.version_not_found, label.not_found, server.busy
 */
export async function resolvePrompt(ctx: SignedInContext, { ref }: ResolveInput): Promise<ResolvedPrompt> {
  const resolved = await resolvedFor(ctx, ref);
  recordUse(ctx, 'resolve', { id: resolved.promptId, version: resolved.version });
  return resolved;
}

/** The same, for who counts the use. */
export const resolvedFor = (ctx: ReadContext, ref: string): Promise<ResolvedPrompt> =>
  ctx.memory.resolved.get(readerKey(ctx.who, ref), ctx.clock.now(), () => findWhole(ctx, ref));

async function findWhole(ctx: ReadContext, ref: string): Promise<Found<ResolvedPrompt>> {
  const found = await findResolved(ctx, ref);
  const { fields, inclusions } = await signaturesOf(ctx, [found]);
  const included = await includedAnswer(ctx.db, found, inclusions);
  return {
    value: { ...found, ...(fields[0] as (typeof fields)[number]), ...included.fields },
    dependsOn: resolvedFrom(ctx.who, lookedUp(ref), found, inclusions, included.ownerIds),
  };
}

const versionOf = compiledOnce(
  (db: Db, { who, path, named, label, version }: { who: Who } & Omit<LookedUp, 'isBare'>) => {
    const prompt = promptNamed(who, {
      path: sql`${path}`,
      handle: sql`${named?.handle ?? null}`,
      slug: sql`${named?.slug ?? null}`,
    });
    // Both are known before the version is looked for, so that it is found by its key among however many.
    return selectResolved(db).where(
      sql<boolean>`(prompt_versions.prompt_id, prompt_versions.version) = (
        SELECT prompts.id, ${versionNamed({ label: sql`${label}::text`, version: sql`${version}::integer` })}
        FROM prompts WHERE prompts.id = ${prompt}
      )`,
    );
  },
);

/**
 * The version that a reference names, by one statement.
 * @throws AppError prompt.not_found, prompt.version_not_found, label.not_found
 */
export async function findResolved({ db, who }: Pick<ReadContext, 'db' | 'who'>, ref: string) {
  const reference = lookedUp(ref);
  const { path, named, label, version } = reference;
  const found = await versionOf.first(db, { who, path, named, label, version });
  if (found === undefined) throw await whyNot(db, who, reference);
  return { ...found, label };
}

/** Versions as they are answered, but for the label by which they were found. */
export const selectResolved = (db: Db) =>
  selectWholeVersions(db)
    .innerJoin('users as owner', 'owner.id', 'prompts.user_id')
    .select([
      'prompts.slug',
      sql<string>`owner.handle || '/' || prompts.slug`.as('ref'),
      sql<ResolvedPrompt['kind']>`CASE WHEN prompt_versions.messages IS NULL THEN 'text' ELSE 'chat' END`.as('kind'),
      publicUser('owner').as('owner'),
    ]);

/** What became there since is answered when it is asked for again. */
async function whyNot(db: Db, who: Who, reference: LookedUp): Promise<Error> {
  const [target] = await findTargets(db, who, [reference]);
  return refusalOf(reference, target) ?? new AppError('request.conflict');
}
