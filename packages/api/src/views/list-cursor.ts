import { decodeCursor, encodeCursor } from '@promptory/db';
import { canonicalJson } from '@promptory/template';
import type { SignedInContext, Who } from '../context.ts';

/** What a list needs of its call. */
export type ListContext = Pick<SignedInContext, 'db' | 'serverKey' | 'who'>;

type CursorValue = string | number | boolean | null;

/**
 * A cursor is bound to the caller, the list and every input but those of paging itself, whatever the
 * order in which they were written.
 */
const binding = (who: Who, list: string, input: object): string => {
  const { cursor: _cursor, limit: _limit, direction: _direction, ...filter } = input as Record<string, unknown>;
  return canonicalJson([list, who.userId, who.groupId, filter], { omitUndefined: true });
};

/**
 * The two ends of a list's cursor: `after` are the values of the last row already given, or undefined on the first page.
 * @throws InvalidCursorError when the cursor was not made for this caller, list and filter.
 */
export function listCursor(
  ctx: Pick<ListContext, 'serverKey' | 'who'>,
  list: string,
  input: { cursor?: string | undefined; limit: number },
): { after: CursorValue[] | undefined; limit: number; cursorOf: (values: CursorValue[]) => string } {
  const bound = binding(ctx.who, list, input);
  return {
    after: input.cursor === undefined ? undefined : decodeCursor(ctx.serverKey, bound, input.cursor),
    limit: input.limit,
    cursorOf: (values) => encodeCursor(ctx.serverKey, bound, values),
  };
}
