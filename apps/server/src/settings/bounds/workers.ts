import { z } from 'zod';

/** Threads for what would hold up other calls. Without it one less than cores, and one at least. */
export const workerVariables = { WORKER_THREADS: z.coerce.number().int().min(1).max(64).optional() };
