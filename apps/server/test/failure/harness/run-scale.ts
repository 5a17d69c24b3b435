import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** How much of each property is tried, 1 for all of it. */
    failure: { readonly scale: number };
  }
}

const SMALLEST = 0.01;

/** Vitest's global setup: FAILURE_SCALE. @throws RangeError when it is no such number */
export default function setup(project: TestProject): void {
  const scale = Number(process.env.FAILURE_SCALE || 1);
  if (!(scale >= SMALLEST && scale <= 1)) throw new RangeError(`FAILURE_SCALE must be from ${SMALLEST} to 1`);
  project.provide('failure', { scale });
}
