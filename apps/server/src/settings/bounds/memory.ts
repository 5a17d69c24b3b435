import type { MemoryBounds } from '@promptory/api/server';
import { wholeNumber } from '../forms/whole-number.ts';

const MEBIBYTE = 1_048_576;

/** How much of the database a server remembers, nothing where it is 0 megabytes; and how many streams of events it has at once. */
export const memoryVariables = {
  CACHE_MEGABYTES: wholeNumber(0, 65_536).default(64),
  CACHE_CREDENTIALS: wholeNumber(1, 10_000_000).default(20_000),
  WATCHES: wholeNumber(0, 1_000_000).default(5_000),
};

export const memoryBoundsOf = (read: { CACHE_MEGABYTES: number; CACHE_CREDENTIALS: number }): MemoryBounds => ({
  principals: read.CACHE_CREDENTIALS,
  promptBytes: read.CACHE_MEGABYTES * MEBIBYTE,
});
