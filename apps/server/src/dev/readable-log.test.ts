import { stripVTControlCharacters } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import { readableLog } from './readable-log.ts';

afterEach(() => void vi.restoreAllMocks());

it('writes a line of the log at once for a person: the time of day, the level, what happened and the facts', () => {
  const said: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const at = new Date(2026, 10, 30, 14, 5, 9, 7);
  const about = { service: 'promptory', environment: 'development', time: at.getTime() };
  readableLog().write(`${JSON.stringify({ level: 30, ...about, status: 200, msg: 'request answered' })}\n`);
  readableLog().write(
    `${JSON.stringify({ level: 50, ...about, msg: 'failed', err: { stack: 'Error: a\n  at b' } })}\n`,
  );
  expect(said.map(stripVTControlCharacters)).toEqual([
    '[14:05:09.007] INFO: request answered {"status":200}\n',
    expect.stringMatching(/^\[14:05:09\.007\] ERROR: failed[\s\S]*Error: a\n\s+at b/),
  ]);
});
