// What is not awaited outlives the transaction that it belongs to, and fails unheard. The linter finds a promise that is dropped
// as it stands; `void` before it keeps the linter silent, so that each of these is named here.
import jsTokens from 'js-tokens';

/** What a statement that begins with `void` may come after. */
const BEFORE = new Set([';', '{', '}', ')', 'else']);

/** The lines, from 1, with a statement that says `void` of what it calls: nobody waits for it. */
export function findDropped(text: string): number[] {
  const lines: number[] = [];
  let line = 1;
  let before = ';';
  for (const { type, value } of jsTokens(text)) {
    if (value === 'void' && BEFORE.has(before)) lines.push(line);
    if (!/^(?:WhiteSpace|LineTerminatorSequence|.*Comment)$/.test(type)) before = value;
    line += value.split('\n').length - 1;
  }
  return lines;
}
