import type { VersionDiff } from '@promptory/client';
import { diffText } from '@promptory/template';
import { expect, it } from 'vitest';
import { textDiffLines, versionDiffText } from './diff-text.ts';
import type { Paint } from './paint.ts';

const plain: Paint = (_, text) => text;
const painted: Paint = (style, text) => `<${[style].flat().join('+')}>${text}</>`;
const linesOf = (from: string, to: string, maxBytes = 10_000, paint = plain) =>
  textDiffLines(diffText(from, to, { maxBytes }), paint);

it('shows each line under the sign of its side, and how many are the same between', () => {
  const many = Array.from({ length: 40 }, (_, at) => `line ${at}`);
  expect(linesOf('a\nb', 'a\nb')).toEqual([]);
  expect(linesOf('a\nold\nz', 'a\nnew\nz')).toEqual(['  a', '- old', '+ new', '  z']);
  expect(linesOf('a\nz', 'a\n\nz')).toEqual(['  a', '+ ', '  z']);
  const far = linesOf(['old', ...many].join('\n'), ['new', ...many].join('\n'));
  expect(far.slice(0, 2)).toEqual(['- old', '+ new']);
  expect(far.at(-1)).toMatch(/^ {2}… \d+ lines from \d+ on are the same$/);
});

it('marks what differs within changed lines, ends each style with its line, and moves nothing on a terminal', () => {
  expect(linesOf('keep old', 'keep new', 10_000, painted)).toEqual([
    '<red>-</> <red>keep </><red+underline>old</>',
    '<green>+</> <green>keep </><green+underline>new</>',
  ]);
  expect(linesOf('a', 'a\nb\nc', 10_000, painted)).toEqual([
    '  a',
    '<green>+</> <green>b</>',
    '<green>+</> <green>c</>',
  ]);
  const moved = linesOf('a', '\u001b[2J\rb').join();
  for (const control of ['\u001b', '\r']) expect(moved).not.toContain(control);
});

it('says where it ends for want of room, and that only the ends of lines differ', () => {
  const stopped = linesOf('a', Array.from({ length: 200 }, (_, at) => `line ${at}`).join('\n'), 400);
  expect(stopped.at(-1)).toMatch(/^ {2}… more from line \d+ on$/);
  expect(linesOf('a\nb', 'a\r\nb').at(-1)).toBe('  Only the ends of lines differ.');
});

it('shows the parts of two versions that differ, and messages only where their text is the same', () => {
  const same = { changed: false, runs: [], stoppedAt: null };
  const text = diffText('old', 'new', { maxBytes: 1_000 });
  const none = { changes: [], stoppedAt: null };
  const config = {
    changes: [
      { path: '', type: 'changed', from: 1, to: { a: 2 } },
      { path: '/a', type: 'added', to: null },
      { path: '/b', type: 'removed', from: '\u001b' },
    ],
    stoppedAt: '/c',
  };
  const messages = { changes: [{ path: '/0/role', type: 'changed', from: 'user', to: 'system' }], stoppedAt: null };
  const diff = (parts: object) =>
    ({
      ...{ title: same, description: same, content: same, messages: none, config: none },
      ...{ inputSchema: none, outputSchema: none, ...parts },
    }) as unknown as VersionDiff;
  expect(versionDiffText(diff({}), plain)).toBe('');
  expect(versionDiffText(diff({ title: text, config }), plain)).toBe(
    `title\n- old\n+ new\n\nconfig\n  (the whole): changed\n- 1\n+ {"a":2}\n  /a: added\n+ null\n  /b: removed\n- "\\u001b"\n  … more from /c on`,
  );
  const role = '\n  /0/role: changed\n- "user"\n+ "system"';
  expect(versionDiffText(diff({ messages }), plain)).toBe(`messages${role}`);
  expect(versionDiffText(diff({ content: text, messages }), plain)).toBe('content\n- old\n+ new');
  expect(versionDiffText(diff({ inputSchema: messages, outputSchema: messages }), painted)).toMatch(
    /^<bold>inputs<\/>\n[\s\S]*\n\n<bold>output<\/>\n/,
  );
  expect(versionDiffText(diff({ description: text }), plain)).toMatch(/^description\n/);
});
