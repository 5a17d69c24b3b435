import { keysetPage, type OrderKey, type Page, toPage } from '@promptory/db';
import type { Includer, IncludersInput } from '@promptory/schemas';
import { sql } from 'kysely';
import { requirePrompt } from '../../../access/require.ts';
import { readablePrompts } from '../../../access/visibility.ts';
import { type ListContext, listCursor } from '../../../views/list-cursor.ts';

/** References that a page looks at: whoever reads a prompt may include it in millions of versions that nobody else sees. */
const LOOKED_AT = 2_000;

/**
 * Which versions of which prompts include a prompt, of those that the caller may read. A page may be short, or empty, and go on.
 * @throws AppError prompt.not_found
 */
export async function listIncluders(ctx: ListContext, input: IncludersInput): Promise<Page<Includer>> {
  const { db, who } = ctx;
  await requirePrompt(db, who, input.id, 'read');
  const { after, limit, cursorOf } = listCursor(ctx, 'prompts.includers', input);
  const cursorAt = (last: Pick<Includer, 'promptId' | 'version' | 'name'>) =>
    cursorOf([last.promptId, last.version, last.name]);
  const orderOf = (table: string): OrderKey<never, never>[] =>
    ['prompt_id', 'version', 'name'].map((column) => ({ by: sql.ref(`${table}.${column}`), direction: 'desc' }));
  const next = keysetPage(
    db
      .selectFrom('prompt_includes')
      .select(['prompt_id', 'version', 'name', 'included_version', 'label'])
      .where('prompt_includes.included_prompt_id', '=', input.id),
    { orderBy: orderOf('prompt_includes'), limit: LOOKED_AT - 1, after },
  );
  const numbered = db
    .selectFrom(next.as('next'))
    .selectAll()
    .select(
      sql<boolean>`row_number() OVER (ORDER BY prompt_id DESC, version DESC, name DESC) = ${LOOKED_AT}`.as('is_last'),
    );
  const shown = db
    .selectFrom(numbered.as('included'))
    .leftJoin('prompts', (join) => join.onRef('prompts.id', '=', 'included.prompt_id').on(readablePrompts(who)))
    .leftJoin('users as owner', 'owner.id', 'prompts.user_id')
    .select([
      'included.prompt_id as promptId',
      'included.version',
      'included.name',
      'prompts.title',
      'included.included_version as pinned',
      'included.label',
      sql<string>`owner.handle || '/' || prompts.slug`.as('ref'),
      sql<boolean>`included.version = prompts.version`.as('isLatest'),
      'included.is_last as isLast',
    ])
    .where((eb) => eb.or([eb('prompts.id', 'is not', null), eb('included.is_last', '=', true)]));
  const rows = await keysetPage(shown, { orderBy: orderOf('included'), limit: limit + 1, after: undefined }).execute();
  const last = rows.find(({ isLast }) => isLast);
  const readable = rows.flatMap(({ isLast: _, title, ...row }) => (title === null ? [] : [{ ...row, title }]));
  const { items, nextCursor } = toPage(readable, limit, cursorAt);
  return { items, nextCursor: nextCursor ?? (last === undefined ? null : cursorAt(last)) };
}
