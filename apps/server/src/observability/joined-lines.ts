import { type DestinationStream, pino } from 'pino';

/** Of lines that are written together. */
const TOGETHER_CHARACTERS = 32_768;
const FLUSH_MS = 100;

/** A destination that holds lines back for some time. */
interface HeldLines extends DestinationStream {
  /** Writes all that was given to it, and waits for that. */
  flushSync(): void;
}

/**
 * Lines go out together, as soon as they are many and ten times a second: a write for each would be one of the dearest things that
 * a request costs. The stream below could hold them back too, and would measure all that it holds anew for each line.
 */
export function joinLines(sink: HeldLines): HeldLines {
  let held = '';
  const give = (): void => {
    if (held === '') return;
    const text = held;
    held = '';
    sink.write(text);
  };
  setInterval(give, FLUSH_MS).unref();
  return {
    write(line) {
      held += line;
      if (held.length >= TOGETHER_CHARACTERS) give();
    },
    flushSync() {
      give();
      sink.flushSync();
    },
  };
}

/**
 * Writes the lines of this process to a file, or to a descriptor, by threads of their own. What is left is written when the process ends.
 */
export function linesTo(target: string | number): DestinationStream {
  const lines = joinLines(pino.destination({ dest: target, sync: false }));
  process.once('exit', () => lines.flushSync());
  return lines;
}
