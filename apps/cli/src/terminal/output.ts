import type { Failure } from '../failure.ts';
import { failureJson } from '../failure.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Paint, paintFor } from './paint.ts';
import { visible } from './visible.ts';

/** How far long work is. */
export interface Progress {
  /** @param done of all there is to do */
  to(done: number, message?: string): void;
  end(message: string): void;
}

/** Back to the beginning of the line, which is empty then: a bar, or what was typed, makes way for what is said. */
const ERASE = '\r\u001b[2K';
const BAR_WIDTH = 24;

const SILENT: Progress = { to: () => undefined, end: () => undefined };

/**
 * What the command says: results to standard output, as text or JSON; all else to standard error. With JSON nothing else is
 * written there but failures.
 */
export class Output {
  readonly #surroundings: Pick<Surroundings, 'stdout' | 'stderr' | 'env'>;
  readonly #isJson: boolean;
  readonly paint: Paint;

  constructor(surroundings: Pick<Surroundings, 'stdout' | 'stderr' | 'env'>, isJson: boolean) {
    this.#surroundings = surroundings;
    this.#isJson = isJson;
    this.paint = paintFor(surroundings.stdout, surroundings.env);
  }

  /** The one result of a command. `text` may hold styles; what others have written in it was made visible. */
  answer(value: unknown, text: (paint: Paint) => string): void {
    const written = this.#isJson ? JSON.stringify(value, null, 2) : text(this.paint);
    this.#surroundings.stdout.write(written === '' ? '' : `${written}\n`);
  }

  /** Text of a prompt: as it is for programs, and such that it moves nothing for a terminal. */
  prose(text: string): string {
    return this.#surroundings.stdout.isTTY ? visible(text) : text;
  }

  /** Beside the result. */
  note(text: string): void {
    if (!this.#isJson) this.#surroundings.stderr.write(`${this.#erase}${text}\n`);
  }

  failure(failure: Failure, thrown: unknown): void {
    const { stderr, env } = this.#surroundings;
    if (this.#isJson) {
      stderr.write(`${JSON.stringify(failureJson(failure, thrown), null, 2)}\n`);
      return;
    }
    const lines = failure.details.map((line) => `  ${visible(line)}\n`);
    const said = `${paintFor(stderr, env)('red', 'promptory:')} ${visible(failure.message)}`;
    stderr.write(`${this.#erase}${said}\n${lines.join('')}`);
  }

  /**
   * A bar on a terminal, and nothing elsewhere. It has no timer and reads no keys: a command that fails or is interrupted ends as
   * it would without.
   */
  progress(title: string, max: number | null): Progress {
    const { stderr } = this.#surroundings;
    const erase = this.#erase;
    if (this.#isJson || erase === '') return SILENT;
    const draw = (done: number, message = '') => {
      const share = Math.min(1, done / Math.max(1, max ?? 1));
      const bar = '█'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '░');
      const shown = max === null ? `${done}` : `${bar} ${Math.floor(share * 100)} %`;
      const line = visible(`${title} ${shown} ${message}`);
      stderr.write(`${erase}${line.slice(0, (stderr.columns ?? 80) - 1)}\r`);
    };
    draw(0);
    return { to: draw, end: (message) => void stderr.write(`${erase}${title}: ${visible(message)}\n`) };
  }

  get #erase(): string {
    const { stderr, env } = this.#surroundings;
    return stderr.isTTY === true && env.TERM !== 'dumb' ? ERASE : '';
  }
}
