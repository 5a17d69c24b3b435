import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function given(args: readonly string[], stdio: ('pipe' | 'ignore')[] = ['ignore', 'pipe', 'pipe']) {
  const child = spawn(process.execPath, ['--conditions=@promptory/source', MAIN, ...args], { stdio });
  return { child, end: once(child, 'exit') };
}

it.each([
  ['help that nobody reads is help all the same', ['--help'], 'stdout', 0],
  ['a fault that nobody reads is a fault all the same', ['no-such-command'], 'stderr', 2],
] as const)('%s', async (_, args, screen, code) => {
  const { child, end } = given(args);
  child[screen]?.destroy();
  expect(await end).toEqual([code, null]);
});

it('ends at the first interrupt while it waits for its input', async () => {
  const { child, end } = given(['login', '--url', 'http://127.0.0.1:9', '--key-stdin'], ['pipe', 'pipe', 'pipe']);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += String(chunk);
  });
  // More than any pipe holds: it reads by then.
  for (let at = 0; at < 32; at += 1) {
    if (child.stdin?.write('k'.repeat(65_536)) === false) await once(child.stdin, 'drain');
  }
  child.kill('SIGINT');
  expect(await end).toEqual([130, null]);
  expect(said).toContain('interrupted');
});
