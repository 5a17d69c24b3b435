import { wholeNumber } from '../forms/whole-number.ts';

const USES_A_DAY = 5_000;

export const historyVariables = { HISTORY_USES_A_DAY: wholeNumber(1, 10_000_000).optional() };

/** How many uses of one person are kept one by one on a day, times `factor` unless set. */
export const historyUsesADay = (read: { HISTORY_USES_A_DAY?: number | undefined }, factor: number): number =>
  read.HISTORY_USES_A_DAY ?? USES_A_DAY * factor;
