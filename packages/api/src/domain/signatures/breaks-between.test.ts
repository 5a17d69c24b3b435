import { expect, it } from 'vitest';
import { comparesQuickly } from './breaks-between.ts';

const text = (content: string) => ({ content, messages: null, inputSchema: null, outputSchema: null });
const names = Array.from({ length: 200 }, (_, at) => `x${at}`);

it.each([
  ['outputs', names.map((name) => `{{${name}}}`).join('')],
  ['lines of one tag', `{% liquid\n${names.map((name) => `echo ${name}`).join('\n')} %}`],
  ['members', names.map((name) => `{{a.${name}}}`).join('')],
  ['arguments of filters', `{{ a ${names.map((name) => `| append: ${name} `).join('')}}}`],
])('does not take for quick what a short text with many inputs breaks: %s', (_, content) => {
  expect(content.length).toBeLessThan(3_800);
  expect(comparesQuickly(text('Hi {{ name }}'), text(content))).toBe(false);
  expect(comparesQuickly(text(content), text('Hi'))).toBe(false);
});

it('takes few inputs for quick, and what is no template', () => {
  expect(comparesQuickly(text('Hi {{ name }}, {{ place }}'), text('{{ name'))).toBe(true);
});
