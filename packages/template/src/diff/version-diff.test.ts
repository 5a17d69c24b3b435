import { expect, it } from 'vitest';
import { diffVersions, type VersionContent } from './version-diff.ts';

const first: VersionContent = {
  title: 'Triage',
  description: '',
  content: 'Sort {{ ticket }}.',
  messages: null,
  config: { model: 'small', temperature: 0 },
  inputSchema: null,
  outputSchema: null,
};

it('finds no difference between a version and itself', () => {
  const diff = diffVersions(first, structuredClone(first));
  expect([diff.title.changed, diff.description.changed, diff.content.changed]).toEqual([false, false, false]);
  const none = { changes: [], stoppedAt: null };
  expect([diff.messages, diff.config, diff.inputSchema, diff.outputSchema]).toEqual([none, none, none, none]);
});

it('compares texts by line and word, and messages, config and schema by path', () => {
  const diff = diffVersions(first, {
    ...first,
    content: 'Sort {{ ticket }} by urgency.',
    messages: [{ role: 'user', content: '{{ ticket }}' }],
    config: { model: 'large', temperature: 0, max_tokens: 100 },
    inputSchema: { type: 'object' },
    outputSchema: { type: 'string' },
  });
  expect(diff.content.runs.at(-1)?.words).toContainEqual({ type: 'added', text: ' by urgency' });
  expect(diff.messages.changes).toEqual([
    { path: '', type: 'changed', from: null, to: [{ role: 'user', content: '{{ ticket }}' }] },
  ]);
  expect(diff.config.changes).toEqual([
    { path: '/model', type: 'changed', from: 'small', to: 'large' },
    { path: '/max_tokens', type: 'added', to: 100 },
  ]);
  expect(diff.inputSchema.changes).toEqual([{ path: '', type: 'changed', from: null, to: { type: 'object' } }]);
  expect(diff.outputSchema.changes).toEqual([{ path: '', type: 'changed', from: null, to: { type: 'string' } }]);
});

it.each([
  ['100,000 short lines that all differ', 'a\n'.repeat(100_000), 'b\n'.repeat(100_000)],
  ['one line of control characters', '\u0001'.repeat(200_000), '\u0002'.repeat(200_000)],
  ['one line of Chinese', '你好'.repeat(100_000), '好你'.repeat(100_000)],
  ['many words that alternate', 'a b '.repeat(100_000), 'a c '.repeat(100_000)],
])('takes at most a mebibyte as JSON, and says where it stopped: %s', (_, from, to) => {
  const values = (start: number) => Object.fromEntries(Array.from({ length: 6_000 }, (__, n) => [`k${n}`, start + n]));
  const older = { title: from.slice(0, 200), description: from.slice(0, 5_000), content: from, messages: [from] };
  const newer = { title: to.slice(0, 200), description: to.slice(0, 5_000), content: to, messages: [to] };
  const diff = diffVersions(
    { ...older, config: values(0), inputSchema: values(0), outputSchema: values(0) },
    { ...newer, config: values(1), inputSchema: values(1), outputSchema: values(1) },
  );
  expect(new TextEncoder().encode(JSON.stringify(diff)).length).toBeLessThanOrEqual(1_048_576);
  expect(diff.content.stoppedAt).not.toBeNull();
  expect(diff.config.stoppedAt).toMatch(/^\/k\d+$/);
  expect(diff.config.changes.length).toBeGreaterThan(1_000);
});

// The package has no types of what every runtime has.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

it('counts both values of a change among the bytes that they may take', () => {
  const changed = (from: string, to: string) => {
    const [before, after] = [from, to].map((text) => ({ ...first, config: { a: text, b: text } }));
    const { changes, stoppedAt } = diffVersions(before as VersionContent, after as VersionContent).config;
    return [changes.length, stoppedAt];
  };
  const [half, more] = ['x'.repeat(50_000), 'x'.repeat(60_000)];
  expect([changed('', half), changed(half, '')]).toEqual([
    [2, null],
    [2, null],
  ]);
  expect([changed('', more), changed(more, '')]).toEqual([
    [1, '/b'],
    [1, '/b'],
  ]);
});
