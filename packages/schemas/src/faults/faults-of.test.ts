import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ByIdAndRevision,
  CreatePromptInput,
  faultsOf,
  ListPromptsInput,
  RegisterInput,
  TotpCode,
  UpdatePreferencesInput,
} from '../index.ts';

const ID = '01900000-0000-7000-8000-000000000001';

const faultsIn = (schema: z.ZodType, input: unknown): string[] => {
  const { error } = schema.safeParse(input);
  return error === undefined ? [] : faultsOf(error).map(({ path, message }) => `${path.join('.')}: ${message}`);
};
const chat = (...messages: unknown[]): string[] => faultsIn(CreatePromptInput, { title: 'T', kind: 'chat', messages });

describe('of a union', () => {
  it('follows the field that says which shape it is, though another shape lacks less', () => {
    const long = z.strictObject({ kind: z.literal('long'), first: z.string(), second: z.string() });
    const short = z.strictObject({ kind: z.literal('short') });
    const places = (schema: z.ZodType) => faultsIn(schema, { kind: 'long' }).map((fault) => fault.split(':')[0]);
    expect(places(z.union([short, long]))).toEqual(['first', 'second']);
    expect(places(z.union([long, short]))).toEqual(['first', 'second']);
  });

  it.each([
    [{ role: 'robot', content: 'x' }, /^messages\.0\.role: Must be one of "system"/],
    [{ role: 'user' }, /^messages\.0\.content: Is required/],
    [{ role: 'user', content: null }, /^messages\.0\.content: Must be a text/],
    [{ content: 'x' }, /^messages\.0\.role: Is required/],
    [{ type: 'placeholder' }, /^messages\.0\.name: Is required/],
    [{ type: 'placeholder', name: '9' }, /^messages\.0\.name: Must be a letter/],
    [{ type: 'other', name: 'x' }, /^messages\.0\.type: Must be "placeholder"/],
    [{ role: 'user', content: 'x', extra: 1 }, /^messages\.0\.extra: Is no field/],
    [null, /^messages\.0: Must be an object/],
    ['text', /^messages\.0: Must be an object/],
  ])('names what is wrong with %j in one fault', (message, expected) => {
    expect(chat(message)).toEqual([expect.stringMatching(expected)]);
  });

  it('names every shape that would do where the input has none of them', () => {
    expect(faultsIn(ListPromptsInput, { owner: 'x'.repeat(50) })).toEqual([
      'owner: Must be "me", or: Must have at most 39 characters',
    ]);
  });
});

describe('of a value of another type', () => {
  const long = Array.from({ length: 300 }, () => 'x');

  it.each([
    [RegisterInput.pick({ email: true }), { email: [] }, 'email: Must be a text, not a list'],
    [CreatePromptInput, { title: [], content: 'x' }, 'title: Must be a text, not a list'],
    [CreatePromptInput, { title: long, content: 'x' }, 'title: Must be a text, not a list'],
    [CreatePromptInput, { title: 'T', content: 'x', tags: 'x'.repeat(100) }, 'tags: Must be a list, not a text'],
    [CreatePromptInput, { title: 'T', content: 'x', tags: [[]] }, 'tags.0: Must be a text, not a list'],
    [CreatePromptInput, { title: 'T', content: 'x', slug: long }, 'slug: Must be a text, not a list'],
    [ListPromptsInput, { limit: 'x'.repeat(300) }, 'limit: Must be a number, not a text'],
    [
      ByIdAndRevision,
      { id: ID, revision: 5 },
      'revision: Must be a text, not a number, or: Must be a list, not a number',
    ],
    [ByIdAndRevision, { id: ID, revision: long }, 'revision: Must have at most 50 items'],
    [ListPromptsInput, { owner: [] }, 'owner: Must be "me", or: Must be a text, not a list'],
    [ByIdAndRevision, { id: ID, revision: [1] }, 'revision.0: Must be a text, not a number'],
  ])('says nothing of its size', (schema, input, expected) => {
    expect(faultsIn(schema, input)).toEqual([expected]);
  });

  it('says one thing of whatever stands at whatever place', () => {
    const schemas: readonly z.ZodObject[] = [CreatePromptInput, RegisterInput, UpdatePreferencesInput];
    const values = [null, true, 1.5, '', 'x'.repeat(3_000), [], [[]], long, {}, { length: 1 }];
    for (const schema of schemas) {
      for (const name of Object.keys(schema.shape)) {
        for (const value of values) {
          const { error } = schema.partial().safeParse({ [name]: value });
          const all = error === undefined ? [] : faultsOf(error).filter(({ code }) => code === 'invalid_type');
          const places = error === undefined ? [] : faultsOf(error).map(({ path }) => path.join('.'));
          for (const { path } of all) expect(places.filter((place) => place === path.join('.'))).toHaveLength(1);
        }
      }
    }
  });
});

describe('of JSON', () => {
  it.each([
    [{ a: ['x', { b: 'a\0b' }] }, 'config: Must not contain NUL (U+0000), as it does at a.1.b'],
    [{ a: { b: 'x\0' }, c: 'y\0' }, 'config: Must not contain NUL (U+0000), as it does at a.b'],
    [{ 'a\0b': 1 }, 'config: Must not contain NUL (U+0000), as a name in it does at a�b'],
    [{ a: '\ud800' }, /^config: Must not contain half of a surrogate pair.*, as it does at a$/],
    [{ a: 'x'.repeat(70_000) }, 'config: Must have at most 65536 characters and 196608 bytes as JSON'],
    [{ a: Array.from({ length: 40 }).reduce<unknown>((inner) => [inner], 1) }, /^config: Must have at most 32 levels/],
  ])('says which of its bounds is passed, and where', (config, expected) => {
    const [fault, ...others] = faultsIn(CreatePromptInput, { title: 'T', content: 'x', config });
    expect(fault).toEqual(expected instanceof RegExp ? expect.stringMatching(expected) : expected);
    expect(others).toEqual([]);
  });
});

it('names a fault once, unknown fields one by one, and no more than a hundred', () => {
  expect(faultsIn(CreatePromptInput, { title: 1, content: 'x', one: 1, two: 2 })).toEqual([
    'title: Must be a text, not a number',
    'one: Is no field that is known here: leave it out',
    'two: Is no field that is known here: leave it out',
  ]);
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, 1]));
  expect(faultsIn(CreatePromptInput, { title: 'T', ...many })).toHaveLength(100);
  expect(faultsIn(ListPromptsInput, { groupId: 'x'.repeat(100) })).toEqual([
    expect.stringMatching(/^groupId: Must be a UUID/),
  ]);
});

it.each(['907848', '907 848', '907-848', ' 907848 ', '９０７　８４８', '907\u00a0848', '9 0 7 8 4 8', '907–848'])(
  'takes a code as it is typed: %j',
  (typed) => {
    expect(TotpCode.parse(typed)).toBe('907848');
  },
);

it.each(['90784', '9078481', 'abcdef', '', '907.848'])('refuses %j as a code, and says what it is', (typed) => {
  expect(faultsIn(TotpCode, typed)).toEqual([': Must be the six digits that the authenticator shows']);
});
