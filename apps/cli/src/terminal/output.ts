import { progress as progressBar } from '@clack/prompts';
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

const SILENT: Progress = { to: () => undefined, end: () => undefined };

/**
 * What the command says: results to standard output, as text or JSON; all else to standard error. With JSON nothing else is
 * written there but failures.
 */
export class Output {
  readonly #surroundings: Pick<Surroundings, 'stdout' | 'stderr' | 'env' | 'signal'>;
  readonly #isJson: boolean;
  readonly paint: Paint;

  constructor(surroundings: Pick<Surroundings, 'stdout' | 'stderr' | 'env' | 'signal'>, isJson: boolean) {
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
    if (!this.#isJson) this.#surroundings.stderr.write(`${text}\n`);
  }

  failure(failure: Failure, thrown: unknown): void {
    const { stderr, env } = this.#surroundings;
    if (this.#isJson) {
      stderr.write(`${JSON.stringify(failureJson(failure, thrown), null, 2)}\n`);
      return;
    }
    const lines = failure.details.map((line) => `  ${visible(line)}\n`);
    stderr.write(`${paintFor(stderr, env)('red', 'promptory:')} ${visible(failure.message)}\n${lines.join('')}`);
  }

  /** A bar on a terminal, and nothing elsewhere. */
  progress(title: string, max: number): Progress {
    const { stderr, signal } = this.#surroundings;
    if (this.#isJson || !stderr.isTTY) return SILENT;
    const bar = progressBar({ max: Math.max(1, max), output: stderr, signal });
    bar.start(title);
    let done = 0;
    return {
      to(now, message) {
        bar.advance(now - done, message);
        done = now;
      },
      end: (message) => bar.stop(message),
    };
  }
}
