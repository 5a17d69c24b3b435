import { expect, it } from 'vitest';
import { diffVersions, type VersionContent } from './version-diff.ts';

const first: VersionContent = {
  title: 'Triage',
  description: '',
  content: 'Sort {{ ticket }}.',
  messages: null,
  config: { model: 'small', temperature: 0 },
  inputSchema: null,
};

it('finds no difference between a version and itself', () => {
  const diff = diffVersions(first, structuredClone(first));
  expect([diff.title.changed, diff.description.changed, diff.content.changed]).toEqual([false, false, false]);
  expect([diff.messages, diff.config, diff.inputSchema]).toEqual([[], [], []]);
});

it('compares texts by line and word, and messages, config and schema by path', () => {
  const diff = diffVersions(first, {
    ...first,
    content: 'Sort {{ ticket }} by urgency.',
    messages: [{ role: 'user', content: '{{ ticket }}' }],
    config: { model: 'large', temperature: 0, max_tokens: 100 },
    inputSchema: { type: 'object' },
  });
  expect(diff.content.words).toContainEqual({ type: 'added', text: ' by urgency' });
  expect(diff.messages).toEqual([
    { path: '', type: 'changed', from: null, to: [{ role: 'user', content: '{{ ticket }}' }] },
  ]);
  expect(diff.config).toEqual([
    { path: '/max_tokens', type: 'added', to: 100 },
    { path: '/model', type: 'changed', from: 'small', to: 'large' },
  ]);
  expect(diff.inputSchema).toEqual([{ path: '', type: 'changed', from: null, to: { type: 'object' } }]);
});
