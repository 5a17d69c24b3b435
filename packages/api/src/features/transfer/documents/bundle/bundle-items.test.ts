import { MAX_BUNDLE_PROMPTS } from '@promptory/schemas';
import { expect, it } from 'vitest';
import { errorOf } from '../../../../../test/index.ts';
import { bundleItems } from './bundle-items.ts';

const ABOUT = {
  format: 'promptory-bundle',
  version: 1,
  createdAt: '2026-11-29T12:00:00.000Z',
  issuer: 'https://promptory.example',
  groups: [],
  signature: { algorithm: 'Ed25519', keyId: 'k'.repeat(16), publicKey: 'p'.repeat(43), value: 'v'.repeat(86) },
};
/** A prompt that is none: it is taken as one that failed. */
const NONE = { head: {}, versionCount: null };

/** What is made of lines that a worker has read. */
const items = (prompts: readonly unknown[], opened: object = { fault: null, about: ABOUT, isUnchanged: true }) =>
  bundleItems(
    { workers: { run: async () => [opened, ...prompts].map((line) => JSON.stringify(line)).join('\n') } as never },
    '',
  );

it('are as many as a bundle may have', async () => {
  const most = Array.from({ length: MAX_BUNDLE_PROMPTS }, () => NONE);
  expect((await items(most)).items).toHaveLength(MAX_BUNDLE_PROMPTS);
  expect(await errorOf(items([...most, NONE]))).toMatchObject({
    code: 'import.unreadable',
    message: expect.stringContaining('at most 5000 prompts'),
  });
  expect((await items([])).items).toEqual([]);
});

it.each([
  ['null', null, ''],
  ['a text', 'title', ''],
  ['a list', ['title'], ''],
  ['a title that is none', { title: 5 }, ''],
  ['a long title', { title: 'x'.repeat(300) }, 'x'.repeat(200)],
  ['half a letter', { title: `${'x'.repeat(199)}😀` }, `${'x'.repeat(199)}\ufffd`],
])('are named by the last of their versions, and have failed where that is %s', async (_, version, title) => {
  const { items: found } = await items([{ head: {}, versionCount: 1 }, version, NONE]);
  expect(found.map((item) => [item.title, item.prompt, typeof item.fault])).toEqual([
    [title, null, 'string'],
    ['', null, 'string'],
  ]);
});
