import { keysetPage, type Page, toPage } from '@promptory/db';
import type {
  CheckLabelInput,
  GetLabelInput,
  LabelCheck,
  LabelHistoryInput,
  LabelMove,
  ListLabelsInput,
  PromptLabel,
} from '@promptory/schemas';
import { sql } from 'kysely';
import { requirePrompt } from '../../access/require.ts';
import type { Db, SignedInContext, Who } from '../../context.ts';
import { breaksOfSteps, nothingBreaks, servedVersion } from '../../domain/labels/breaking-moves.ts';
import { AppError } from '../../errors.ts';
import { getLabel, isMoveOf, selectLabels, selectMoves } from '../../views/label-view.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';

/**
 * The labels of a prompt, by name.
 * @throws AppError prompt.not_found
 */
export async function listLabels(ctx: ListContext, input: ListLabelsInput): Promise<Page<PromptLabel>> {
  await requirePrompt(ctx.db, ctx.who, input.id, 'read');
  const { after, limit, cursorOf } = listCursor(ctx, 'labels', input);
  const rows = await keysetPage(selectLabels(ctx.db, input.id), {
    orderBy: [{ by: 'prompt_labels.label', direction: 'asc' }],
    limit,
    after,
  }).execute();
  return toPage(rows, limit, (last) => cursorOf([last.label]));
}

/**
 * Where a label points, or pointed at a time.
 * @throws AppError prompt.not_found; label.not_found where it points, or pointed, nowhere
 */
export async function getReadableLabel(db: Db, who: Who, { id, label, at }: GetLabelInput): Promise<PromptLabel> {
  await requirePrompt(db, who, id, 'read');
  const now = await getLabel(db, id, label);
  if (at === undefined) {
    if (now === undefined) throw new AppError('label.not_found');
    return now;
  }
  const move = await movesOf(db, { id, label, at })
    .orderBy('label_moves.label')
    .orderBy('label_moves.number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (move === undefined || move.to === null) throw new AppError('label.not_found');
  return { label, version: move.to, isProtected: now?.isProtected ?? false, lastMove: withoutNumber(move) };
}

/**
 * What a move of a label would break, without moving it.
 * @throws AppError prompt.not_found, prompt.version_not_found, server.busy
 */
export async function checkLabel(ctx: SignedInContext, input: CheckLabelInput): Promise<LabelCheck> {
  const { db, who, workers } = ctx;
  const { id, label, version: to } = input;
  await requirePrompt(db, who, id, 'read');
  const found = await db
    .selectFrom('prompt_versions')
    .innerJoin('prompts', 'prompts.id', 'prompt_versions.prompt_id')
    .leftJoin('prompt_labels as held', (join) =>
      join.onRef('held.prompt_id', '=', 'prompts.id').on('held.label', '=', label),
    )
    .select(servedVersion(sql`${label}`).as('from'))
    .where('prompt_versions.prompt_id', '=', id)
    .where('prompt_versions.version', '=', to)
    .executeTakeFirst();
  if (found === undefined) throw new AppError('prompt.version_not_found');
  const { from } = found;
  const steps = from === null || from === to ? [] : [{ promptId: id, from, to }];
  const [{ breaks, count } = nothingBreaks] = await breaksOfSteps(db, workers, steps, who);
  return { label, from, to, isCompatible: count === 0, breaks: [...breaks], breakCount: count };
}

/**
 * The moves of a label, the last one first; also of one that points nowhere any more.
 * @throws AppError prompt.not_found
 */
export async function listLabelHistory(ctx: ListContext, input: LabelHistoryInput): Promise<Page<LabelMove>> {
  await requirePrompt(ctx.db, ctx.who, input.id, 'read');
  const { after, limit, cursorOf } = listCursor(ctx, 'labels.history', input);
  const rows = await keysetPage(movesOf(ctx.db, input), {
    orderBy: [
      { by: 'label_moves.label', direction: 'asc' },
      { by: 'label_moves.number', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  const { items, nextCursor } = toPage(rows, limit, (last) => cursorOf([last.label, last.number]));
  return { items: items.map(withoutNumber), nextCursor };
}

/** To be sorted by label and number: see `isMoveOf`. */
function movesOf(db: Db, { id, label, at }: GetLabelInput) {
  const moves = selectMoves(db)
    .select('label_moves.number')
    .where(isMoveOf('label_moves', sql`${id}`, sql`${label}`));
  return at === undefined ? moves : moves.where('label_moves.moved_at', '<=', at);
}

const withoutNumber = ({ number: _number, ...move }: LabelMove & { readonly number: number }): LabelMove => move;
