import jsTokens from 'js-tokens';

// A test that compares times of the wall clock fails on a machine that is busy. It advances a clock of its own, compares the
// time of the processor, or waits for what must happen; what only ends a test that hangs may be late.

export interface ClockFault {
  /** From 1. */
  readonly line: number;
  readonly code: string;
  readonly instead: string;
}

const CLOCKS = ['performance.now', 'Date.now', 'process.hrtime', 'console.time', 'performance.measure'];
const INSTEAD = 'vi.useFakeTimers(), process.threadCpuUsage(), or expect.poll for what must happen';

/** Shorter ones end what is only slow. */
const LEAST_TIMEOUT_MS = 30_000;

/** Where a source reads the machine's clock, texts and comments aside. */
export function findClocks(text: string): ClockFault[] {
  const found: ClockFault[] = [];
  let line = 1;
  let code = '';
  for (const { type, value } of jsTokens(text)) {
    if (type === 'IdentifierName' || value === '.') {
      code = value === '.' || code.endsWith('.') ? code + value : value;
      const clock = CLOCKS.find((name) => code === name || code.endsWith(`.${name}`));
      if (clock !== undefined) found.push({ line, code: clock, instead: INSTEAD });
    } else if (type !== 'WhiteSpace' && type !== 'LineTerminatorSequence') {
      code = '';
    }
    line += value.split('\n').length - 1;
  }
  return found;
}

/** Where a test, a hook or a poll is given less time than a busy machine may need. */
export function findShortTimeouts(text: string): ClockFault[] {
  const given = Array.from(
    text.matchAll(/\b(?:expect\.poll|it|test|describe)\b[^;]*?\{ timeout: ([\d_]+)/g),
    (match) => ({
      line: text.slice(0, match.index).split('\n').length,
      code: match[1] ?? '',
      instead: 'no timeout: those of vitest.config.ts end what hangs',
    }),
  ).filter(({ code }) => Number(code.replaceAll('_', '')) < LEAST_TIMEOUT_MS);
  return [...given, ...findShortWaits(text)];
}

/** `vi.waitFor` and `vi.waitUntil` give up after a second, whatever vitest.config.ts says, unless they are given longer. */
function findShortWaits(text: string): ClockFault[] {
  return [...text.matchAll(/\bvi\s*\.(?:waitFor|waitUntil)\(/g)].flatMap(({ index, 0: call }) => {
    const given = /timeout: ([\d_]+)/.exec(argumentsAt(text, index + call.length))?.[1];
    if (given !== undefined && Number(given.replaceAll('_', '')) >= LEAST_TIMEOUT_MS) return [];
    const line = text.slice(0, index).split('\n').length;
    return [{ line, code: call, instead: `expect.poll, or { timeout: ${LEAST_TIMEOUT_MS} } and more` }];
  });
}

/** The source from the first argument of a call to its closing bracket. */
function argumentsAt(text: string, start: number): string {
  let open = 1;
  let end = start;
  for (const { type, value } of jsTokens(text.slice(start))) {
    if (type === 'Punctuator' && '([{'.includes(value)) open++;
    if (type === 'Punctuator' && ')]}'.includes(value)) open--;
    end += value.length;
    if (open === 0) break;
  }
  return text.slice(start, end);
}
