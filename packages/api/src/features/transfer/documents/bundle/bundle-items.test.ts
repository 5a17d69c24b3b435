import { MAX_BUNDLE_PROMPTS } from '@promptory/schemas';
import { expect, it } from 'vitest';
import { errorOf } from '../../../../../test/index.ts';
import { contentHash } from '../../../../domain/prompts/versioned-content.ts';
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

const ID = '01900000-0000-7000-8000-000000000001';
const HEAD = {
  ...{ id: ID, ref: 'alice/triage', slug: 'triage', category: 'Support', tags: ['a'], isTemplate: false },
  ...{ visibility: 'private', aliases: ['pmpt_1'], labels: [] as object[], moves: [] as object[] },
};
const CONTENT = { description: 'Sorts.', content: 'Sort {{ it }}', config: { a: 1 }, messages: null };

function versionOf(version: number, changed: object = {}) {
  const content = { ...CONTENT, title: `Version ${version}`, inputSchema: null, outputSchema: null };
  const hash = contentHash(content).toString('hex');
  const about = { version, changeNote: null, author: 'alice', createdAt: `2026-11-0${version}T12:00:00.000Z` };
  return { ...content, ...about, contentHash: hash, ...changed };
}

/** A prompt of two versions as it is opened, but for what is changed of it. */
async function twoVersions(head: object = {}, second: object = {}, versionCount = 2) {
  const lines = [{ head: { ...HEAD, ...head }, versionCount }, versionOf(1), versionOf(2, second)];
  return (await items(lines)).items[0];
}

const moveOf = (from: number | null, to: number | null, day: number, label = 'production') => ({
  ...{ label, from, to, movedBy: 'alice', reason: null, isBreaking: false },
  movedAt: `2026-11-0${day}T12:00:00.000Z`,
});
const labelAt = (version: number | null, label = 'production') => ({ label, version, isProtected: true });

it('are prompts with their versions, the moves of their labels and where these point, by what the bundle calls them', async () => {
  const includes = [{ name: 'other', promptId: ID, version: 1 }];
  const item = await twoVersions(
    { labels: [labelAt(1)], moves: [moveOf(null, 2, 1), moveOf(2, 1, 2)] },
    { changeNote: 'Why', includes },
  );
  expect(item).toMatchObject({ file: null, title: 'Version 2', warnings: [], fault: null });
  expect(item?.prompt).toMatchObject({
    ...{ slug: 'triage', title: 'Version 2', hasHistory: true, goesOn: false, aliases: ['pmpt_1'] },
    labels: [{ label: 'production', version: 0, isProtected: true }],
    moves: [
      { label: 'production', from: null, to: 1, reason: null, isBreaking: false, movedAt: '2026-11-01T12:00:00.000Z' },
      { label: 'production', from: 1, to: 0 },
    ],
    bundled: { id: ID, ref: 'alice/triage' },
    versions: [
      { changeNote: null, createdAt: '2026-11-01T12:00:00.000Z', includes: [], prompt: { title: 'Version 1' } },
      {
        ...{ changeNote: 'Why', createdAt: '2026-11-02T12:00:00.000Z', includes },
        prompt: { ...CONTENT, title: 'Version 2', slug: 'triage', category: 'Support', tags: ['a'] },
      },
    ],
  });
});

it.each<[string, object, object, number | undefined, string | null]>([
  ['another number', {}, { version: 3 }, undefined, 'versions.1: Its versions are not 1, 2 and so on'],
  ['another text than its hash', {}, { content: 'Other' }, undefined, 'versions.1: Its hash is another'],
  ['what no version has', {}, { extra: 1 }, undefined, expect.stringContaining('versions.1')],
  ['a text that no prompt has', {}, { content: '', messages: null }, undefined, expect.stringContaining('versions.1.')],
  ['what no prompt has', { extra: 1 }, {}, undefined, expect.stringContaining('extra')],
  ['too few versions', {}, {}, 0, 'versions: There are 1 to 10000'],
  ['a label at no version of it', { labels: [labelAt(3)] }, {}, undefined, expect.stringContaining('points at a')],
  [
    'a move to no version of it',
    { moves: [moveOf(null, 3, 1)] },
    {},
    undefined,
    expect.stringContaining('points at a'),
  ],
  ['a move from no version of it', { moves: [moveOf(3, 1, 1)] }, {}, undefined, expect.stringContaining('points at a')],
  [
    'a move from elsewhere',
    { labels: [labelAt(2)], moves: [moveOf(null, 1, 1), moveOf(null, 2, 2)] },
    ...([{}, undefined, 'moves.1: It begins where the label did not point'] as const),
  ],
  [
    'a move to where it was',
    { labels: [labelAt(1)], moves: [moveOf(null, 1, 1), moveOf(1, 1, 2)] },
    ...([{}, undefined, 'moves.1: It begins where the label did not point'] as const),
  ],
  [
    'a move before another',
    { labels: [labelAt(2)], moves: [moveOf(null, 1, 2), moveOf(1, 2, 1)] },
    ...([{}, undefined, 'moves.1: It is earlier than the move before it'] as const),
  ],
  [
    'moves of one time',
    { labels: [labelAt(2)], moves: [moveOf(null, 1, 1), moveOf(1, 2, 1)] },
    ...([{}, undefined, null] as const),
  ],
  [
    'a label that no move led there',
    { labels: [labelAt(2)], moves: [moveOf(null, 1, 1)] },
    ...([{}, undefined, 'The label "production" does not point where its last move led'] as const),
  ],
  [
    'a label that a move led away',
    { moves: [moveOf(null, 1, 1, 'staging')] },
    ...([{}, undefined, 'The label "staging" does not point where its last move led'] as const),
  ],
  ['a label that points nowhere', { labels: [labelAt(null)] }, {}, undefined, null],
  [
    'labels of their own',
    { labels: [labelAt(1), labelAt(2, 'staging')], moves: [moveOf(null, 1, 1), moveOf(null, 2, 1, 'staging')] },
    ...([{}, undefined, null] as const),
  ],
])('have failed with a fault of their own where one has %s', async (_, head, second, count, fault) => {
  const item = await twoVersions(head, second, count);
  expect(item?.fault).toEqual(fault);
  expect(item?.warnings).toEqual([]);
});

it.each([
  ['what the worker could not read', { fault: 'It is no JSON.', about: null, isUnchanged: false }, 'It is no JSON.'],
  [
    'a bundle that is not whole',
    { fault: null, about: { ...ABOUT, issuer: 5 }, isUnchanged: true },
    'The bundle is not whole: issuer',
  ],
  [
    'a bundle that was changed',
    { fault: null, about: ABOUT, isUnchanged: false },
    'The bundle was changed after it was signed.',
  ],
])('are none of %s', async (_, opened, message) => {
  expect(await errorOf(items([], opened))).toMatchObject({
    code: 'import.unreadable',
    message: expect.stringContaining(message),
  });
});
