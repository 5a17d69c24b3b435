import type { ChatMessage, ExportPromptsInput, PortablePrompt } from '@promptory/schemas';
import { sql } from 'kysely';
import { isOneOf, readableAmongMany, readablePrompts } from '../../access/visibility.ts';
import type { SignedInContext } from '../../context.ts';
import { allOf, promptFilters } from '../../domain/prompts/search/prompt-filters.ts';
import { admitFilters, promptKeys } from '../../domain/prompts/search/prompt-keys.ts';
import { fittingCount, type PromptKey, rowsOf } from '../../views/prompt-page.ts';
import { storedDocument, storedOutputSchema } from '../../views/stored-document.ts';
import { freshness, type Pace, pace } from './slow-readers.ts';

const KEYS_A_QUERY = 200;

type Reader = Pick<SignedInContext, 'db' | 'who'>;

/** @throws AppError group.not_found, limit.exceeded for searches */
export async function* exportPrompts(ctx: SignedInContext, input: ExportPromptsInput): AsyncGenerator<PortablePrompt> {
  for await (const { id: _, ...prompt } of eachPrompt(ctx, input, (ids) => listPortable(ctx, ids))) yield prompt;
}

/**
 * The caller's own prompts, then, unless only those are asked for, what else the caller may read: own ones come first so
 * that an import back into the same account reads them first. Each query is short, and `read` checks access anew, again where
 * the reader lets rows wait. Of a search, as many as it finds at most.
 * @throws AppError group.not_found, limit.exceeded for searches
 */
export async function* eachPrompt<Row extends { id: string }>(
  ctx: SignedInContext,
  { scope: given, ...filters }: ExportPromptsInput,
  read: (ids: string[]) => Promise<Row[]>,
): AsyncGenerator<Row> {
  const { db, who } = ctx;
  const q = await admitFilters(ctx, filters);
  const { owner, groupId, favorite } = filters;
  const scope = given ?? ([owner, groupId, favorite].every((one) => one === undefined) ? 'mine' : 'readable');
  const isOwn = sql<boolean>`prompts.user_id = ${who.userId}`;
  const size = pace();
  for (const whose of scope === 'mine' ? [isOwn] : [isOwn, sql<boolean>`NOT ${isOwn}`]) {
    const asked = allOf([readableAmongMany(who), whose, ...promptFilters(who, filters)]);
    let after: string | undefined;
    const { keys: found } = await promptKeys(db, asked, q);
    do {
      let query = found.orderBy('prompts.id').limit(KEYS_A_QUERY);
      if (after !== undefined) query = query.where('prompts.id', '>', after);
      const keys = await query.execute();
      yield* freshRows(ctx, keys, read, size);
      after = keys.length === KEYS_A_QUERY ? keys.at(-1)?.id : undefined;
    } while (after !== undefined);
  }
}

/** The rows of `keys` in their order, as much as is read at once or one that is larger, none read long before it is given. */
async function* freshRows<Row extends { id: string }>(
  ctx: Pick<SignedInContext, 'clock'>,
  keys: readonly PromptKey[],
  read: (ids: string[]) => Promise<Row[]>,
  size: Pace,
): AsyncGenerator<Row> {
  let rest = keys;
  while (rest.length > 0) {
    const isFresh = freshness(ctx);
    const slice = rest.slice(0, fittingCount(rest, size.bytes));
    let given = slice.length;
    for (const row of await rowsOf(slice, read)) {
      yield row;
      if (isFresh()) continue;
      given = slice.findIndex(({ id }) => id === row.id) + 1;
      break;
    }
    size.given(isFresh());
    rest = rest.slice(given);
  }
}

/** Prompts in their latest versions. */
export const listPortable = ({ db, who }: Reader, ids: string[]): Promise<Array<PortablePrompt & { id: string }>> =>
  db
    .selectFrom('prompts')
    .select(['id', 'slug', 'title', 'content', 'description', 'category', 'is_template as isTemplate'])
    .select([
      sql<PortablePrompt['kind']>`prompts.kind`.as('kind'),
      sql<PortablePrompt['visibility']>`prompts.visibility`.as('visibility'),
      storedDocument<ChatMessage[] | null>('prompts', 'messages').as('messages'),
      storedDocument<PortablePrompt['config']>('prompts', 'config').as('config'),
      storedDocument<PortablePrompt['inputSchema']>('prompts', 'input_schema').as('inputSchema'),
      storedOutputSchema('prompts').as('outputSchema'),
      sql<string[]>`ARRAY(SELECT tags.name FROM tags WHERE tags.prompt_id = prompts.id ORDER BY tags.name_key)`.as(
        'tags',
      ),
    ])
    .where(isOneOf(ids))
    .where(readablePrompts(who))
    .execute();
