import { describe, expect, it } from 'vitest';
import { inputFields, valuesOf } from './input-fields.ts';

const schema = {
  type: 'object',
  properties: {
    ticket: { type: 'string', description: 'As it came in.' },
    tone: { enum: ['calm', 'brisk'], default: 'calm' },
    count: { type: 'integer', default: 3 },
    isUrgent: { type: 'boolean' },
    items: { type: 'array', items: { type: 'string' } },
    person: { type: 'object' },
    anything: {},
  },
  required: ['ticket'],
};

describe('inputFields', () => {
  it('has a field for each input, of the kind that its type asks for', () => {
    expect(inputFields(schema).map(({ name, kind, isRequired }) => [name, kind, isRequired])).toEqual([
      ['ticket', 'text', true],
      ['tone', 'choice', false],
      ['count', 'number', false],
      ['isUrgent', 'switch', false],
      ['items', 'json', false],
      ['person', 'json', false],
      ['anything', 'text', false],
    ]);
    expect(inputFields(schema)).toMatchObject([
      { description: 'As it came in.' },
      { choices: ['calm', 'brisk'], standard: 'calm' },
      { standard: '3' },
      {},
      {},
      {},
      {},
    ]);
  });

  it.each([{}, { properties: null }, { properties: [1] }, { properties: { a: true } }, { required: 'a' }])(
    'takes whatever somebody declared: %j',
    (declared) => {
      expect(inputFields(declared).length).toBeLessThanOrEqual(1);
    },
  );
});

describe('valuesOf', () => {
  const fields = inputFields(schema);

  it('reads what was typed by its kind, and leaves out what is empty', () => {
    const typed = { ticket: '5', tone: 'brisk', count: '7', isUrgent: 'false', items: '["a"]', person: '' };
    expect(valuesOf(fields, typed)).toEqual({
      values: { ticket: '5', tone: 'brisk', count: 7, isUrgent: false, items: ['a'] },
      faults: new Map(),
    });
  });

  it('says by field what is no value of its kind, and nothing of what was never typed', () => {
    const { values, faults } = valuesOf(fields, { count: 'many', items: '[', toString: 'x' } as Record<string, string>);
    expect([values, [...faults.keys()]]).toEqual([{}, ['count', 'items']]);
  });
});
