import { randomInt } from 'node:crypto';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** How much of each property is tried, 1 for all of it, and what this run's random choices start from. */
    security: { readonly scale: number; readonly seed: number };
  }
}

const SMALLEST = 0.001;
const SEEDS = 2 ** 31;

/** Vitest's global setup: SECURITY_SCALE, and SECURITY_SEED or a new one. @throws RangeError when one is no such number */
export default function setup(project: TestProject): void {
  const scale = Number(process.env.SECURITY_SCALE || 1);
  const seed = Number(process.env.SECURITY_SEED || randomInt(SEEDS));
  if (!(scale >= SMALLEST && scale <= 1)) throw new RangeError(`SECURITY_SCALE must be from ${SMALLEST} to 1`);
  if (!(Number.isInteger(seed) && seed >= 0 && seed < SEEDS))
    throw new RangeError(`SECURITY_SEED must be below ${SEEDS}`);
  project.provide('security', { scale, seed });
}
