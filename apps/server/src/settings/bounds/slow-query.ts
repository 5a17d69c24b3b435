import { wholeNumber } from '../forms/whole-number.ts';

/** From how many milliseconds on a statement is logged as slow; 0: none is. */
export const slowQueryVariables = { SLOW_QUERY_MS: wholeNumber(0, 60_000).default(500) };
