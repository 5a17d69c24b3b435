import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'promptory-signals-'));
const program = join(folder, 'program.mjs');
beforeAll(() => {
  // A server that says each step of its end, and whose stop takes, fails or never ends as it is asked to.
  writeFileSync(
    program,
    `import { stopOnSignals } from ${JSON.stringify(new URL('./stop-on-signals.ts', import.meta.url).href)};
    const [supervised, ends] = process.argv.slice(2);
    const say = (...words) => process.stdout.write(words.join(' ') + '\\n');
    // What nothing has ended ends by itself, and says so by its code.
    setTimeout(() => process.exit(99), 60_000);
    stopOnSignals({
      supervised: supervised === 'supervised',
      logger: { info: ({ reason }, text) => say(text, reason), fatal: (_, text) => say(text) },
      stop: () => (ends === 'never' ? new Promise(() => undefined) : ends === 'badly' ? Promise.reject(new Error()) : Promise.resolve()),
    });
    say('ready');`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is done to it, one thing after another once it has said something. */
type Step = (child: ChildProcess) => unknown;
const kill =
  (signal: NodeJS.Signals): Step =>
  (child) =>
    child.kill(signal);
const stop: Step = (child) => child.send('stop');
const leave: Step = (child) => child.disconnect();

async function endOf(args: readonly string[], steps: readonly Step[]) {
  const child = fork(program, [...args], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  const left = [...steps];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.trim().split('\n')) {
      said.push(line);
      left.shift()?.(child);
    }
  });
  const [code] = await once(child, 'exit');
  return { code, said: said.slice(1) };
}

it.each<[string, string[], Step[], number, string[]]>([
  ['SIGTERM', ['alone', 'well'], [kill('SIGTERM')], 0, ['stopping SIGTERM']],
  ['SIGINT', ['alone', 'well'], [kill('SIGINT')], 0, ['stopping SIGINT']],
  ['a second signal at once', ['alone', 'never'], [kill('SIGTERM'), kill('SIGINT')], 1, ['stopping SIGTERM']],
  ['a stop that fails', ['alone', 'badly'], [kill('SIGTERM')], 1, ['stopping SIGTERM', 'stopping failed']],
  ['its supervisor', ['supervised', 'well'], [stop], 0, ['stopping its supervisor asked for it']],
  ['the end of its supervisor', ['supervised', 'well'], [leave], 0, ['stopping its supervisor is gone']],
])('is ended by %s', async (_, args, steps, code, said) => {
  expect(await endOf(args, steps)).toEqual({ code, said });
});

it('leaves the signals of its terminal to its supervisor', async () => {
  const both: Step = (child) => {
    child.kill('SIGINT');
    child.kill('SIGTERM');
    child.send('stop');
  };
  expect(await endOf(['supervised', 'well'], [both])).toEqual({
    code: 0,
    said: ['stopping its supervisor asked for it'],
  });
});
