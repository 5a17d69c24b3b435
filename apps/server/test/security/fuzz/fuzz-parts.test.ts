import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { procedures } from '../../harness/transports.ts';
import { isIn, parts } from './fuzz-parts.ts';

it.each(procedures.map(({ path, type }) => ({ path, type })))('fuzzes $path in one part', (procedure) => {
  expect(Object.values(parts).filter((part) => isIn(part, procedure))).toHaveLength(1);
});

it.each(Object.keys(parts))('has a file for the part %s', (part) => {
  expect(existsSync(new URL(`./fuzz-${part}.security.test.ts`, import.meta.url))).toBe(true);
});
