import { wholeNumber } from '../forms/whole-number.ts';

const USES_A_DAY = 5_000;
const AUDIT_ENTRIES_A_DAY = 5_000;

const aDay = wholeNumber(1, 10_000_000).optional();
export const historyVariables = { HISTORY_USES_A_DAY: aDay, AUDIT_ENTRIES_A_DAY: aDay };

type Read = { readonly [name in keyof typeof historyVariables]?: number | undefined };

/** How many uses of one person are kept one by one on a day, times `factor` unless set. */
export const historyUsesADay = (read: Read, factor: number): number => read.HISTORY_USES_A_DAY ?? USES_A_DAY * factor;

/** How many changes of one account leave an entry each on a day, of contents and of sharing, times `factor` unless set. */
export const auditEntriesADay = (read: Read, factor: number): number =>
  read.AUDIT_ENTRIES_A_DAY ?? AUDIT_ENTRIES_A_DAY * factor;
