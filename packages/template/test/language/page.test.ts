import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tagNames } from '../../src/language/engine/engine.ts';
import { filterRules } from '../../src/language/engine/filters.ts';
import { MAX_INCLUDE_DEPTH, MAX_INCLUDED_PROMPTS, renderLimits, templateLimits } from '../../src/language/limits.ts';

const page = readFileSync(new URL('../../../../docs/prompt-language.md', import.meta.url), 'utf8');
const section = (title: string): string => page.split(/^## /m).find((found) => found.startsWith(title)) ?? '';
const named = (text: string): string[] => Array.from(text.matchAll(/`([a-z_0-9#]+)`/g), ([, name]) => name ?? '');

describe('docs/prompt-language.md', () => {
  it('names every tag and every filter, and no other', () => {
    const [, tags] = section('Tags').split('\n\n');
    expect(named(tags ?? '').sort()).toEqual([...tagNames].sort());
    const lists = section('Filters').split('\n\n')[1] ?? '';
    expect(named(lists).sort()).toEqual([...filterRules.keys()].sort());
  });

  it('gives the limits', () => {
    const { length, tags, markup, depth, operations } = templateLimits;
    const numbers = [
      length,
      tags,
      markup,
      depth,
      operations,
      MAX_INCLUDED_PROMPTS,
      MAX_INCLUDE_DEPTH,
      renderLimits.outputLength,
      renderLimits.work,
    ];
    const cells = section('Limits')
      .split('\n')
      .flatMap((line) => line.split('|').slice(2, 3));
    expect(cells.flatMap((cell) => cell.match(/[\d,]*\d/g) ?? [])).toEqual(
      numbers.map((number) => number.toLocaleString('en-US')),
    );
  });
});
