import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { runCli } from '../src/program.ts';
import type { Surroundings } from '../src/surroundings.ts';

/** What a run of the command left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of what `--json` wrote. */
  json<Value>(): Value;
}

/** A folder that is gone after the test. */
export function givenFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'promptory-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly home?: string;
  readonly stdin?: string;
  /** What somebody types at a terminal, by the words by which the command asks for it. */
  readonly typed?: Readonly<Record<string, string>>;
  readonly platform?: NodeJS.Platform;
  readonly isTerminal?: boolean;
  readonly signal?: AbortSignal;
}

/** Runs the command in this process, as the options say and knowing nothing of the machine. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const texts = { stdout: '', stderr: '' };
  const keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const typed = new Map(Object.entries(options.typed ?? {}));
  const screen = (name: keyof typeof texts) =>
    Object.assign(
      new PassThrough().on('data', (chunk: Buffer) => {
        texts[name] += chunk.toString();
        for (const [question, keys] of typed) {
          if (!texts[name].includes(question)) continue;
          typed.delete(question);
          // The question listens once it is written whole.
          setImmediate(() => keyboard.write(keys));
        }
      }),
      { isTTY: options.isTerminal === true, columns: 80 },
    );
  const surroundings: Surroundings = {
    env: options.env ?? {},
    cwd: options.cwd ?? tmpdir(),
    home: options.home ?? '/nowhere',
    platform: options.platform ?? 'linux',
    stdin:
      options.typed === undefined
        ? Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)], { objectMode: false })
        : keyboard,
    stdout: screen('stdout'),
    stderr: screen('stderr'),
    signal: options.signal ?? new AbortController().signal,
  };
  const code = await runCli(args, surroundings);
  return { code, ...texts, json: () => JSON.parse(texts.stdout) };
}
