import { expect, it } from 'vitest';
import { breaksBetween, comparesQuickly } from './breaks-between.ts';

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

it('names the first hundred things that break, and counts them all', () => {
  const inputs = (count: number) => names.slice(0, count).map((name) => `{{${name}}}`);
  const between = (count: number) => breaksBetween(text(''), text(inputs(count).join('')));
  expect([between(100).breaks.length, between(100).count]).toEqual([100, 100]);
  expect([between(101).breaks.length, between(101).count]).toEqual([100, 101]);
});

it('cuts places to what an answer takes, and stays well-formed', () => {
  const given = (name: string) => ({
    ...text(''),
    inputSchema: { type: 'object', properties: { [name]: {} }, required: [name] },
  });
  const [found] = breaksBetween(text(''), given(`${'x'.repeat(498)}😀`)).breaks;
  expect(found?.path).toBe(`/${'x'.repeat(498)}\ufffd`);
});
