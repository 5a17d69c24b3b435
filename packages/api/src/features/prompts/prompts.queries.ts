import { compiledOnce, keysetPage, type Page, toPage } from '@promptory/db';
import type { CurrentPrompt, PromptUsage, PromptUsageInput } from '@promptory/schemas';
import { sql } from 'kysely';
import { requirePrompt } from '../../access/require.ts';
import { isOneOf, readablePrompts } from '../../access/visibility.ts';
import type { Context, Db, Who } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';
import { selectPromptHeads, selectPrompts } from '../../views/prompt-view.ts';
import { revised, withoutVersioned } from '../../views/revision.ts';
import type { Unsigned } from '../../views/version-view.ts';

/** A prompt before `signed` says what it promises. */
export type UnsignedPrompt = Unsigned<CurrentPrompt>;

const readablePrompt = compiledOnce((db: Db, { who, promptId }: { who: Who; promptId: string }) =>
  selectPrompts(db, who).where('prompts.id', '=', promptId).where(readablePrompts(who)),
);

/** @throws AppError prompt.not_found when `who` may not read it. */
export async function getPrompt(db: Db, who: Who, promptId: string): Promise<UnsignedPrompt> {
  const prompt = await readablePrompt.first(db, { who, promptId });
  if (prompt === undefined) throw new AppError('prompt.not_found');
  return revised(prompt, withoutVersioned(prompt));
}

/**
 * What tells where prompts stand, by id, without their texts, which are as they were sent. Those that `who` may not read are
 * left out.
 */
export async function getReceipts(
  db: Db,
  who: Who,
  ids: readonly string[],
): Promise<Map<string, Pick<CurrentPrompt, 'id' | 'slug' | 'version' | 'revision'>>> {
  const heads = await selectPromptHeads(db, who).where(isOneOf(ids)).where(readablePrompts(who)).execute();
  return new Map(
    heads.map((head) => {
      const { id, slug, version, revision } = revised(head);
      return [id, { id, slug, version, revision }];
    }),
  );
}

export interface NewPromptDefaults {
  readonly category: string | null;
  readonly visibility: 'private' | 'public';
}

/** What the caller's preferences say of new prompts. */
export async function getNewPromptDefaults(db: Db, userId: string): Promise<NewPromptDefaults> {
  const { category, visibility } = await db
    .selectFrom('users')
    .select([
      sql<string | null>`preferences ->> 'defaultCategory'`.as('category'),
      sql<string | null>`preferences ->> 'defaultVisibility'`.as('visibility'),
    ])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  return { category, visibility: visibility === 'public' ? 'public' : 'private' };
}

/**
 * Uses of a prompt by day (UTC), version and consumer, the last day first.
 * @throws AppError prompt.not_found, prompt.forbidden when the caller does not own it.
 */
export async function listPromptUsage(
  ctx: ListContext & Pick<Context, 'clock'>,
  input: PromptUsageInput,
): Promise<Page<PromptUsage>> {
  await requirePrompt(ctx.db, ctx.who, input.id, 'own');
  const { after, limit, cursorOf } = listCursor(ctx, 'prompts.usage', input);
  const to = input.to ?? ctx.clock.now().toISOString().slice(0, 10);
  const from = input.from === undefined ? sql<string>`${to}::date - 29` : sql<string>`${input.from}::date`;
  const query = ctx.db
    .selectFrom('usage_daily')
    .select(['day', 'version', 'consumer', 'uses'])
    .where('prompt_id', '=', input.id)
    .where('day', '>=', from)
    .where('day', '<=', sql<string>`${to}::date`);
  const rows = await keysetPage(query, {
    orderBy: [
      { by: 'day', direction: 'desc' },
      { by: 'version', direction: 'desc' },
      { by: 'consumer', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.day, last.version, last.consumer]));
}
