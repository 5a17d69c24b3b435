import { glob, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import jsTokens from 'js-tokens';
import { z } from 'zod';
import { procedures } from '../../harness/transports.ts';

// Every regular expression that runs in production: those written in the sources, those put together there, and those of
// the schemas that what comes in is checked by, zod's own included.

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const IS_TEST = /\.test\.ts$|\/testing\/|\/node_modules\/|\/dist\//;

export interface Pattern {
  readonly source: string;
  readonly flags: string;
  /** A file, or a procedure. */
  readonly where: string;
}

/** Sources of what is shipped, by path below the repository's root. */
export async function sources(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const path of glob('{apps,packages}/*/src/**/*.ts', { cwd: ROOT })) {
    if (!IS_TEST.test(path)) found.set(path, await readFile(`${ROOT}${path}`, 'utf8'));
  }
  return found;
}

/** The literals of a TypeScript source, and how often it makes a pattern of a text. */
export function patternsIn(typescript: string, where: string): { literals: Pattern[]; made: number } {
  const literals: Pattern[] = [];
  let made = 0;
  let before = '';
  for (const { type, value } of jsTokens(stripTypeScriptTypes(typescript))) {
    if (type === 'RegularExpressionLiteral') {
      const end = value.lastIndexOf('/');
      literals.push({ source: value.slice(1, end), flags: value.slice(end + 1), where });
    }
    if (value === '(' && before === 'RegExp') made += 1;
    if (type !== 'WhiteSpace') before = value;
  }
  return { literals, made };
}

/** The patterns of every input and output. */
export function schemaPatterns(): Pattern[] {
  return procedures.flatMap(({ path, inputs, output }) =>
    [inputs, output].flatMap((schema) =>
      schema === undefined ? [] : within(z.toJSONSchema(schema, { unrepresentable: 'any' }), path),
    ),
  );
}

function within(schema: unknown, where: string): Pattern[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'pattern' in schema && typeof schema.pattern === 'string' ? [schema.pattern] : [];
  return [
    ...own.map((source): Pattern => ({ source, flags: 'u', where })),
    ...Object.values(schema).flatMap((inner) => within(inner, where)),
  ];
}

/** One of each. */
export function distinct(patterns: readonly Pattern[]): Pattern[] {
  return [...new Map(patterns.map((pattern) => [`${pattern.flags}/${pattern.source}`, pattern])).values()];
}
