import { RE2JS } from 're2js';
import { PatternError, toRe2 } from './re2-pattern.ts';

/** Characters of a pattern. */
export const MAX_PATTERN_LENGTH = 1000;
/** Characters of a pattern whose counts are written out: `[a-z]{1,500}` has 500. */
export const MAX_PATTERN_SIZE = 2000;

/** The same of all patterns of a schema together, each counted once: compiling a thousand characters takes a millisecond. */
export const MAX_PATTERNS_SIZE = 20_000;

/** A pattern that is matched in time linear in the text: by RE2, never by the engine's own backtracking. */
export interface LinearPattern {
  /** What a character of a text costs at most. */
  readonly size: number;
  /** Whether some part of the text matches. */
  test(text: string): boolean;
}

const MAX_KEPT = 200;
const kept = new Map<string, LinearPattern | PatternError>();

/**
 * Compiles a pattern of ECMA-262 (flag `u`, as JSON Schema has it). The last 200 are kept, since compiling costs more than
 * matching.
 *
 * @throws PatternError for what cannot be matched in linear time, is too large, or is no pattern
 */
export function linearPattern(pattern: string): LinearPattern {
  const compiled = kept.get(pattern) ?? compile(pattern);
  kept.delete(pattern);
  kept.set(pattern, compiled);
  if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value as string);
  if (compiled instanceof PatternError) throw compiled;
  return compiled;
}

function compile(pattern: string): LinearPattern | PatternError {
  if (pattern.length > MAX_PATTERN_LENGTH)
    return new PatternError(`it is longer than ${MAX_PATTERN_LENGTH} characters`);
  try {
    const { source, size } = toRe2(pattern);
    if (size > MAX_PATTERN_SIZE)
      return new PatternError(`its counts make it larger than ${MAX_PATTERN_SIZE} characters`);
    const compiled = RE2JS.compile(source);
    return { size: Math.max(1, size), test: (text) => compiled.test(text) };
  } catch (error) {
    return error instanceof PatternError ? error : new PatternError('it is no regular expression that RE2 knows');
  }
}

/** What a pattern adds to those of its schema, found without compiling it: nothing where it is refused before that. */
export function patternSize(pattern: string): number {
  if (pattern.length > MAX_PATTERN_LENGTH) return 0;
  try {
    const { size } = toRe2(pattern);
    return size > MAX_PATTERN_SIZE ? 0 : Math.max(pattern.length, size);
  } catch {
    return 0;
  }
}
