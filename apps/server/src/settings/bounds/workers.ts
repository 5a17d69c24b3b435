import { wholeNumber } from '../forms/whole-number.ts';

/** Threads for what would hold up other calls. Without it one less than cores, and one at least. */
export const workerVariables = { WORKER_THREADS: wholeNumber(1, 64).optional() };
