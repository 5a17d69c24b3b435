import { describe, expect, it } from 'vitest';
import { type IncludedPrompt, link, linkLater } from './includes.ts';
import { parse, type Template } from './parse.ts';
import { parseMessages } from './rendering/messages.ts';
import { render } from './rendering/render.ts';
import { TemplateError } from './template-error.ts';

const prompts =
  (sources: Record<string, string>) =>
  (reference: string): IncludedPrompt | undefined => {
    const source = sources[reference];
    return source === undefined ? undefined : { key: reference.replace(/@.*/, ''), source };
  };

function faultOf(act: () => unknown): string {
  try {
    act();
    return 'none';
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `${error.code} ${error.reference ?? ''} ${error.line}:${error.column}`;
  }
}

const text = (template: Template, values: Record<string, unknown> = {}): string => render(template, values, 'lenient');

describe('link', () => {
  it('includes prompts by reference, with parameters, and with the inputs behind them', () => {
    const resolve = prompts({
      'tone@production': 'Be {{ tone }}, {{ name }}.{% render "end" %}',
      end: '{{ local }}{% if name %} Bye {{ name }}{% endif %}',
      row: '{{ forloop.index }}{{ row }};',
    });
    const source =
      "{% assign local = 1 %}{% render 'tone@production', name: user.name %}|{% render 'row' for rows as row %}";
    const values = { tone: 'kind', name: 'outer', user: { name: 'Ann' }, rows: ['a', 'b'] };
    expect(text(link(parse(source), resolve), values)).toBe('Be kind, Ann. Bye outer|1a;2b;');
  });

  it('reads each reference as the prompt that holds it has pinned it', () => {
    const resolve = (reference: string, within: string | undefined) => ({
      key: `${within}/${reference}`,
      source: reference === 'a' ? '{% render "b" %}' : `${within}`,
    });
    expect(text(link(parse('{% render "a" %}'), resolve, 'top'))).toBe('top/a');
  });

  it('puts a value that is a template into an included prompt as it is', () => {
    const linked = link(parse('{% render "x", v: v %}'), prompts({ x: '{{ v }}' }));
    expect(text(linked, { v: '{% render "x" %}{{ v }}' })).toBe('{% render "x" %}{{ v }}');
  });

  it('refuses what is missing, includes itself, lies too deep or is no template, where it stands', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`p${index}`, `{% render 'p${index + 1}' %}`]),
    );
    const faults: [act: () => unknown, fault: string][] = [
      [() => link(parse('a\n{% if b %}{% render "x" %}{% endif %}'), prompts({})), 'include  2:11'],
      [
        () => link(parse('{% render "x" %}'), prompts({ x: 'a {% render "y" %}', y: '{% render "x@2" %}', 'x@2': '' })),
        'include y 1:1',
      ],
      [() => link(parse('{% render "x" %}'), prompts({ x: '' }), 'x'), 'include  1:1'],
      [() => link(parse('{% render "p0" %}'), prompts(chain)), 'include p4 1:1'],
      [() => link(parse('{% render "p5" %}'), prompts({ ...chain, p9: 'x' })), 'none'],
      [() => link(parse('{% render "x" %}'), prompts({ x: 'a {{' })), 'unclosed x 1:3'],
      [() => text(parse('{% render "x" %}')), 'include  1:1'],
    ];
    for (const [act, fault] of faults) expect(faultOf(act)).toBe(fault);
  });

  it('links each prompt once, however many ways lead to it', () => {
    let asked = 0;
    const all = (from: number) =>
      Array.from({ length: 40 - from }, (_, index) => `{% render "p${from + index}" %}`).join('');
    const resolve = (reference: string) => {
      asked++;
      const number = Number(reference.slice(1));
      return { key: reference, source: number < 36 ? all(36) : all(number + 1) };
    };
    link(parse(all(0)), resolve);
    expect(asked).toBeLessThan(40 * 5);
  });

  it('refuses more than 50 prompts, those that are not read to their end counted, and of all messages together', () => {
    const leaves = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => `{% render "p${from + index}" %}`).join('');
    const chain = { a: '{% render "b" %}', b: '{% render "c" %}', c: '{% render "d" %}', d: '{% render "e" %}', e: '' };
    const resolve = (reference: string) => prompts(chain)(reference) ?? { key: reference, source: '' };
    const text = (count: number) => parse(`${leaves(0, count)}{% render "a" %}`);
    expect(faultOf(() => link(text(45), resolve))).toBe('none');
    expect(faultOf(() => link(text(46), resolve))).toMatch(/^limit/);
    const chat = (count: number) =>
      parseMessages([leaves(0, 30), leaves(20, count)].map((content) => ({ role: 'user', content })));
    expect(faultOf(() => chat(50).link(resolve))).toBe('none');
    expect(faultOf(() => chat(51).link(resolve))).toMatch(/^limit/);
  });

  it('says in which prompt a rendering was stopped', () => {
    const linked = link(parse('{% render "x" %}'), prompts({ x: 'a\n{% for i in (1..99999999) %}{% endfor %}' }));
    expect(faultOf(() => text(linked))).toBe('limit x 2:1');
  });

  it('stops prompts that multiply one another', () => {
    const many = '{% render "next" %}'.repeat(200);
    const resolve = (_: string, within: string | undefined) => ({ key: `${within}+`, source: many });
    const leaf = (reference: string, within: string | undefined) =>
      (within ?? '').length > 3 ? { key: 'leaf', source: 'x' } : resolve(reference, within);
    expect(faultOf(() => text(link(parse(many), leaf, '')))).toMatch(/^limit/);
  });
});

describe('linkLater', () => {
  it('asks for each reference once, and gives what link gives', async () => {
    const asked: string[] = [];
    const resolve = prompts({ a: '{% render "c" %}', b: '{% render "c" %}', c: 'c' });
    const linked = await linkLater(
      parse('{% render "a" %}{% render "b" %}{% render "a" %}'),
      async (reference, within) => {
        asked.push(`${within ?? ''}>${reference}`);
        return resolve(reference);
      },
    );
    expect(asked).toEqual(['>a', '>b', 'a>c', 'b>c']);
    expect(text(linked)).toBe('ccc');
  });

  it('ends where a prompt includes itself', async () => {
    await expect(
      linkLater(parse('{% render "a" %}'), async () => ({ key: 'a', source: '{% render "a" %}' })),
    ).rejects.toThrow('includes itself');
  });
});
