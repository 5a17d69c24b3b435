import { describe, expect, it } from 'vitest';
import { isPromptoryError } from '../errors/promptory-error.ts';
import { readAnswer } from './read-answer.ts';

const mood = {
  type: 'object',
  properties: { mood: { enum: ['good', 'bad'] }, notes: { type: 'array', items: { type: 'string' } } },
  required: ['mood'],
  additionalProperties: false,
};
const good = { mood: 'good' };

const faultsOf = (schema: object | null, answer: unknown): string[] => {
  try {
    readAnswer(schema as Record<string, unknown> | null, answer);
  } catch (error) {
    if (isPromptoryError(error, 'client.answer_invalid'))
      return error.errors.map(({ path, code }) => `${path} ${code}`);
    throw error;
  }
  return ['none'];
};

describe('the answer of a model', () => {
  it.each([
    ['JSON', '{ "mood": "good" }\n'],
    ['in a fence', 'Here it is:\n\n```json\n{ "mood": "good" }\n```\nAnything else?'],
    ['in a fence that names nothing', '```\n{ "mood": "good" }\n```'],
    ['in a fence of one line', '```{"mood":"good"}```'],
    ['in a fence of tildes no, in text', 'I would say {"mood":"good"}, more or less.'],
    ['in the second of two fences', '```ts\nconst a = 1;\n```\nand\n```json\n{"mood":"good"}\n```'],
    ['after one that does not fit', '```json\n{"mood":"so-so"}\n```\nor rather\n```json\n{"mood":"good"}\n```'],
    ['read by the caller’s library already', good],
  ])('is read: %s', (_, answer) => {
    expect(readAnswer(mood, answer)).toEqual(good);
  });

  it('is looked for in ten fences, and no further', () => {
    const after = (others: number) => `${'```\n{"mood":"so-so"}\n```\n'.repeat(others)}\`\`\`\n{"mood":"good"}\n\`\`\``;
    expect(readAnswer(mood, after(9))).toEqual(good);
    expect(faultsOf(mood, after(10))).not.toEqual(['none']);
  });

  it('is the text itself where there is no schema, whatever it looks like', () => {
    expect(readAnswer(null, ' {"mood":"good"} ')).toBe(' {"mood":"good"} ');
    expect(faultsOf(null, good)).toEqual([' invalid_type']);
  });

  it('is a text where the schema takes one, with quotes or without', () => {
    const words = { enum: ['yes', 'no'] };
    expect(['yes', '"yes"', ' yes\n'].map((answer) => readAnswer(words, answer))).toEqual(['yes', 'yes', 'yes']);
    expect(readAnswer({ type: 'string' }, '42')).toBe('42');
    expect(faultsOf(words, 'perhaps')).toEqual([' invalid_value']);
  });

  it('is a list, a number or nothing as well', () => {
    expect(readAnswer({ type: 'array', items: { type: 'integer' } }, 'They are [1, 2].')).toEqual([1, 2]);
    expect(readAnswer({ type: 'number' }, '0.5')).toBe(0.5);
    expect(readAnswer({ type: 'null' }, 'null')).toBeNull();
  });

  it('is refused with every fault by path', () => {
    expect(faultsOf(mood, '{"mood":"so-so","notes":["a",1],"x":true}').sort()).toEqual([
      'mood invalid_value',
      'notes.1 invalid_type',
      'x unrecognized_key',
    ]);
    expect(faultsOf(mood, '{"notes":[]}')).toEqual(['mood required']);
    expect(faultsOf(mood, 'I do not know.')).toEqual([' invalid_type']);
    expect(faultsOf(mood, '')).toEqual([' invalid_type']);
    expect(faultsOf(mood, '{"mood":"good"')).toEqual([' invalid_type']);
  });

  it('is read in time that grows with its length, however it is made', () => {
    for (const answer of [
      '{'.repeat(200_000),
      '```'.repeat(100_000),
      '[1,'.repeat(100_000),
      `${'```{'.repeat(50_000)}}`,
    ]) {
      expect(faultsOf(mood, answer)).not.toEqual(['none']);
    }
  });

  it('is refused where it holds a whole number that would become another one, unless that is a text', () => {
    const schema = { type: 'object', properties: { id: { type: 'integer' } } };
    for (const kept of ['9007199254740991', '9007199254740992', '-9007199254740994', '1e300']) {
      expect(readAnswer(schema, `{"id": ${kept}}`)).toEqual({ id: Number(kept) });
    }
    for (const lost of ['9007199254740993', '-12345678901234567890', '9'.repeat(400)]) {
      expect(faultsOf(schema, `{"id": ${lost}}`)).toEqual([' invalid_type']);
      expect(faultsOf(schema, `So: {"id": [${lost}]}`)).toEqual([' invalid_type']);
      expect(readAnswer({ type: 'object' }, `{"id": "${lost}"}`)).toEqual({ id: lost });
      expect(readAnswer({ type: 'string' }, lost)).toBe(lost);
    }
  });
});
