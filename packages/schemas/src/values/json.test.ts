import { describe, expect, it } from 'vitest';
import { CreatePromptInput } from '../prompts/prompts.ts';
import { fitsJson, jsonObject } from './json.ts';

const accepts = (parts: object): boolean => CreatePromptInput.safeParse({ title: 'T', ...parts }).success;

describe('what a prompt may hold', () => {
  it.each([
    ['letters', 'x'],
    ['line breaks', '\n'],
    ['quotation marks', '"'],
    ['three bytes each', '字'],
    ['four bytes each', '😀'],
  ])('is all its characters where they are %s', (_, character) => {
    expect(accepts({ content: character.repeat(200_000) })).toBe(true);
    expect(accepts({ content: character.repeat(200_001) })).toBe(false);
  });

  it('is two thirds of them where they are control characters, which JSON writes with six', () => {
    expect(accepts({ content: '\u0001'.repeat(133_333) })).toBe(true);
    expect(accepts({ content: '\u0001'.repeat(133_334) })).toBe(false);
  });

  it('is names of 200 characters, wherever in a JSON object they stand first', () => {
    const named = (length: number) => jsonObject(1_000).safeParse({ a: 1, ['x'.repeat(length)]: 2 });
    expect(named(200).success).toBe(true);
    expect(named(201).error?.message).toContain('200');
  });

  it('counts bytes in settings and schemas too, of names and of numbers', () => {
    expect(fitsJson({ text: '字'.repeat(900) }, 1_000)).toBe(true);
    expect(fitsJson({ text: '\u0001'.repeat(600) }, 1_000)).toBe(false);
    expect(fitsJson({ ['\u0001'.repeat(600)]: 1 }, 1_000)).toBe(false);
    expect(fitsJson(Array(160).fill(1), 1_000)).toBe(true);
    expect(fitsJson(Array(160).fill(Math.PI * 1e-300), 1_000)).toBe(false);
    expect(jsonObject(1_000).safeParse({ text: '\u0001'.repeat(600) }).error?.message).toContain('3000 bytes');
  });
});
