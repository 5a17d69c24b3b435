import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { joinLines } from './joined-lines.ts';

const opened = () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const written: string[] = [];
  const flushSync = vi.fn();
  return { written, flushSync, lines: joinLines({ write: (text) => void written.push(text), flushSync }) };
};

describe('lines that are joined', () => {
  it('are written within a tenth of a second, in their order, in one write', () => {
    const { lines, written } = opened();
    for (const line of ['one\n', 'two\n', 'three\n']) lines.write(line);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(written).toEqual(['one\ntwo\nthree\n']);
    vi.advanceTimersByTime(1_000);
    expect(written).toHaveLength(1);
  });

  it('are written at once when they are many, so that few of them wait in memory', () => {
    const { lines, written } = opened();
    const line = `${'x'.repeat(999)}\n`;
    for (let at = 0; at < 100; at += 1) lines.write(line);
    expect(written.length).toBeGreaterThanOrEqual(3);
    expect(100 * line.length - written.join('').length).toBeLessThan(32_768);
  });

  it('are written at a flush before it waits', () => {
    const { lines, written, flushSync } = opened();
    flushSync.mockImplementation(() => expect(written).toEqual(['last\n']));
    lines.write('last\n');
    lines.flushSync();
    expect(flushSync).toHaveBeenCalledOnce();
  });

  it.each(['process.exit(3)', 'throw new Error("fatal")'])(
    'are all in the file of a process that ends by %s',
    (end) => {
      const file = join(mkdtempSync(join(tmpdir(), 'promptory-lines-')), 'log');
      const code = `
      import { openSync } from 'node:fs';
      import { linesTo } from ${JSON.stringify(join(import.meta.dirname, 'joined-lines.ts'))};
      const lines = linesTo(openSync(${JSON.stringify(file)}, 'a'));
      for (let at = 0; at < 1_000; at += 1) lines.write(\`line \${at}\\n\`);
      ${end};`;
      const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', code]);
      expect(status).not.toBe(0);
      expect(readFileSync(file, 'utf8')).toBe(Array.from({ length: 1_000 }, (_, at) => `line ${at}\n`).join(''));
    },
  );
});
