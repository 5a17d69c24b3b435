import { expect, it } from 'vitest';
import type { JsonValue } from '../json-value.ts';
import { compareInputs } from './compare.ts';

it('decides each of six hundred inputs that another took the place of', () => {
  const inputs = (start: string): JsonValue => {
    const names = Array.from({ length: 600 }, (_, at) => `${start}${at}`);
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    return { type: 'object', properties, required: names, additionalProperties: false };
  };
  const breaks = compareInputs(inputs('old'), inputs('new'));
  const kinds = breaks.map(({ kind, decided, path }) => `${kind} ${path.slice(1, 4)} ${decided}`);
  expect(new Map([...new Set(kinds)].map((kind) => [kind, kinds.filter((each) => each === kind).length]))).toEqual(
    new Map([
      ['required new true', 600],
      ['removed old true', 600],
    ]),
  );
});
