import type { PromptVersion } from '@promptory/client';
import { expect, it } from 'vitest';
import type { Paint } from '../terminal/paint.ts';
import type { Pair } from './pair.ts';
import type { PromptFields } from './prompt-file.ts';
import { conflictLines, type Outcome, outcomeLines } from './sync-report.ts';

const painted: Paint = (style, text) => `<${style}>${text}</${style}>`;
const plain: Paint = (_, text) => text;

it('says of each prompt but the unchanged what became of it, in red where it is bad, and counts the others', () => {
  const outcomes = (
    ['created', 'updated', 'moved', 'deleted', 'adopted', 'kept', 'conflict', 'failed', 'unchanged'] as const
  ).map((outcome): Outcome => ({ slug: 'a', outcome, reason: outcome === 'kept' ? 'why' : null }));
  expect(outcomeLines(outcomes, painted)).toEqual([
    '+ a created',
    '~ a updated',
    '> a moved',
    '- a deleted',
    '= a adopted',
    '? a kept: why',
    '<red>! a conflict</red>',
    '<red>x a failed</red>',
    '1 unchanged.',
  ]);
  expect(outcomeLines(outcomes.slice(0, 1), plain)).toEqual(['+ a created']);
  expect(outcomeLines(outcomes.slice(-1), plain)).toEqual(['1 unchanged.']);
  expect(outcomeLines([], plain)).toEqual(['0 unchanged.']);
});

const fields = (content: string): PromptFields => ({
  ...{ title: 'A', description: '', kind: 'text', content, messages: null, category: null, tags: [] },
  ...{ isTemplate: false, visibility: 'private', config: {}, inputSchema: null, outputSchema: null },
});
const pairOf = (file: PromptFields | null, prompt: PromptFields | null) =>
  ({ slug: 'team/a\u001b[2J', file, prompt }) as unknown as Pair;

it('shows of a conflict what each side has changed since both were the same, and of one without that how they differ', () => {
  const base = { version: 3, title: 'A', content: 'before', messages: null } as unknown as PromptVersion;
  const lines = conflictLines(pairOf(fields('mine'), fields('theirs')), base, plain);
  const [slug = ''] = lines[0]?.split(':') ?? [];
  expect(slug).not.toContain('\u001b');
  const heads = lines.flatMap((line, at) => (line.startsWith(slug) ? [[at, line.slice(slug.length)]] : []));
  expect(heads.map(([, text]) => text)).toEqual([
    ': changed in the file since version 3',
    ': changed on the server since',
  ]);
  const [ofFile, ofServer] = [lines.slice(0, Number(heads[1]?.[0])), lines.slice(Number(heads[1]?.[0]))];
  for (const [side, after] of [
    [ofFile, 'mine'],
    [ofServer, 'theirs'],
  ] as const) {
    expect(side.slice(1).every((line) => line.startsWith('  '))).toBe(true);
    expect(side).toEqual(expect.arrayContaining([expect.stringMatching(/^ {2}- .*before/), `  + ${after}`]));
  }
  const [head = '', ...rest] = conflictLines(pairOf(fields('mine'), fields('theirs')), null, plain);
  expect(head.slice(slug.length)).toBe(": the server's, and how the file differs");
  expect(rest).toEqual(expect.arrayContaining(['  - theirs', '  + mine']));
  const gone = conflictLines(pairOf(null, fields('theirs')), base, plain);
  expect(gone).toEqual(expect.arrayContaining(['  - before', '  + theirs']));
  expect(conflictLines(pairOf(fields('mine'), null), base, painted)[0]).toMatch(/^<bold>.*<\/bold>: the server's/);
});
