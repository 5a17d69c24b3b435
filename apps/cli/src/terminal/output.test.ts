import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { ExitCode, Failure } from '../failure.ts';
import { Output } from './output.ts';

function given(isTTY: boolean, env: Record<string, string> = {}, isJson = false) {
  let said = '';
  const stderr = Object.assign(
    new PassThrough().on('data', (chunk: Buffer) => {
      said += chunk.toString();
    }),
    { isTTY, columns: 50 },
  );
  const output = new Output({ stdout: new PassThrough(), stderr, env: { NO_COLOR: '1', ...env } }, isJson);
  return { output, said: () => said };
}

it('draws a bar that neither takes the keyboard nor keeps a process alive, and that makes way for what is said', () => {
  const listeners = () => ['SIGINT', 'SIGTERM', 'exit'].map((name) => process.listenerCount(name));
  const [before, held] = [listeners(), process.getActiveResourcesInfo().length];
  const { output, said } = given(true);
  const bar = output.progress('Pull', 4);
  bar.to(1, 'support/triage\u001b]0;x');
  expect([listeners(), process.getActiveResourcesInfo().length]).toEqual([before, held]);
  const line = said().split('\r\u001b[2K').at(-1);
  expect(line).toMatch(/^Pull █{6}░{18} 25 % support\/tr/);
  expect(line?.length).toBe(50);
  expect(said()).not.toContain('\u001b]');
  output.failure(new Failure(ExitCode.unavailable, 'No answer.'), null);
  expect(said().endsWith('\r\u001b[2Kpromptory: No answer.\n')).toBe(true);
  bar.end('1 prompts');
  expect(said().endsWith('\r\u001b[2KPull: 1 prompts\n')).toBe(true);
});

it('draws none where there is no terminal, or one that cannot', () => {
  for (const { output, said } of [given(false), given(true, { TERM: 'dumb' })]) {
    output.progress('Pull', 1).to(1);
    output.note('Told.');
    expect(said()).toBe('Told.\n');
  }
});

it('says nothing beside a result in JSON but why it failed', () => {
  const { output, said } = given(true, {}, true);
  output.note('Told.');
  output.progress('Pull', 1).to(1);
  expect(said()).toBe('');
  output.failure(new Failure(ExitCode.unavailable, 'No answer.'), null);
  expect(JSON.parse(said())).toMatchObject({ error: { message: 'No answer.' } });
});
