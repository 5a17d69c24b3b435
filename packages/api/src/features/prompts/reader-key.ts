import type { Who } from '../../context.ts';

/** Under which key an answer is remembered: to use one is to admit its reader. */
export const readerKey = ({ userId, isAdmin, groupId }: Who, asked: string): string =>
  `${userId}|${isAdmin}|${groupId ?? ''}|${asked}`;
