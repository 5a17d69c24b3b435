import type { Diagnosis } from './fault.ts';
import { fault } from './sentences.ts';

export const brokenFault = (value: string): Diagnosis | null => (value.isWellFormed() ? null : fault('broken_unicode'));

/** Why PostgreSQL cannot hold a text, which has neither NUL nor half a surrogate pair; null where it can. */
export const storageFault = (value: string): Diagnosis | null =>
  value.includes('\0') ? fault('nul_character') : brokenFault(value);
