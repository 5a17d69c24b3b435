import type { SignedInContext, Who } from '../../context.ts';

/** What a prompt is looked up with. */
export type ReadContext = Pick<SignedInContext, 'db' | 'who' | 'workers' | 'log' | 'memory' | 'clock'>;

/** Under which key an answer is remembered: to use one is to admit its reader. */
export const readerKey = ({ userId, isAdmin, groupId }: Who, asked: string): string =>
  `${userId}|${isAdmin}|${groupId ?? ''}|${asked}`;
