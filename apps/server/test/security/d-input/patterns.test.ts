import { expect, it } from 'vitest';
import { patternsIn } from './patterns.ts';

const TRICKY = `
  const half: number = total / 2 / parts; // not /a/ pattern
  const one = /[/"']\\/+/giu as RegExp;
  const text = \`in \${/two/.test('x') ? '/not/' : "/nor/"} and /none/\`;
  if (half) /three/.exec(text);
  const made = new RegExp('four') ?? RegExp (\`five\`);
  interface Six { readonly pattern: RegExp }
`;

it('finds every pattern among divisions, comments, types and templates', () => {
  const { literals, made } = patternsIn(TRICKY, 'a file');
  expect(literals.map(({ source, flags }) => `${source} ${flags}`)).toEqual([`[/"']\\/+ giu`, 'two ', 'three ']);
  expect(made).toBe(2);
});
