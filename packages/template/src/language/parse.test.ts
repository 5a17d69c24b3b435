import { describe, expect, it } from 'vitest';
import { templateLimits } from './limits.ts';
import { parse } from './parse.ts';
import { print } from './print.ts';
import { TemplateError } from './template-error.ts';

function faultOf(source: string): string {
  try {
    parse(source);
    return 'none';
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `${error.code} ${error.line}:${error.column}`;
  }
}

function wordsOf(source: string): unknown {
  try {
    return parse(source);
  } catch (error) {
    return error instanceof TemplateError ? error.message : error;
  }
}

describe('parse', () => {
  it('says where a template is at fault, and of which kind', () => {
    const faults: [source: string, fault: string][] = [
      ['Hello\n  {{ name', 'unclosed 2:3'],
      ['{% if a %}x', 'unclosed 1:1'],
      ['{% raw %}x', 'unclosed 1:10'],
      ['{% for x in xs %}{% if x %}{% endfor %}', 'unknown_tag 1:28'],
      ['{{ }}', 'syntax 1:4'],
      ['{{ user name }}', 'syntax 1:9'],
      ['{{ a | upcase b }}', 'syntax 1:15'],
      ['{% if a , b %}{% endif %}', 'syntax 1:9'],
      ['{% if a and %}{% endif %}', 'syntax 1:9'],
      ['{% assign user.name = 1 %}', 'syntax 1:15'],
      ['{% for x in xs by 3 %}{% endfor %}', 'syntax 1:1'],
      ['{{ forloop.next }}', 'syntax 1:4'],
      ['{{ nil.x }}', 'syntax 1:4'],
      ['{{ a | truncate: 1, 2, 3 }}', 'syntax 1:8'],
      ['{{ a | replace: "x" }}', 'syntax 1:8'],
      ['x\ny {{ a | nope }}', 'unknown_filter 2:10'],
      ['{{ a | sample }}', 'unknown_filter 1:8'],
      ['{{ xs | where_exp: "x", y }}', 'unknown_filter 1:9'],
      ['{% nope %}', 'unknown_tag 1:1'],
      ['{% endif %}', 'unknown_tag 1:1'],
      ['{% include "x" %}', 'refused_tag 1:1'],
      ['{% layout "x" %}', 'refused_tag 1:1'],
      ['{% block x %}{% endblock %}', 'refused_tag 1:1'],
      ['{{ [name] }}', 'dynamic_name 1:4'],
      ['{{ xs | map: name }}', 'dynamic_name 1:9'],
      ['{{ xs | where: "a[b]", 1 }}', 'dynamic_name 1:9'],
      ['{% render name %}', 'syntax 1:11'],
      ['{% render "x" with y %}', 'syntax 1:21'],
    ];
    for (const [source, fault] of faults) expect([source, faultOf(source)]).toEqual([source, fault]);
  });

  it.each([
    ['{{ a and }}', '`and` needs a value on both sides'],
    ['{{ not }}', '`not` needs a value on its right'],
    ['{{ a b }}', 'two values stand side by side in `a b`: a name has no spaces, and a filter begins with `|`'],
    ['{{ 9007199254740992 }}', 'the number is too large'],
    ['{{ true.a }}', 'a literal has no properties'],
    ['{{ [a] }}', 'the name of an input is written in the template, not computed'],
    ['{{ a[] }}', 'the brackets are empty'],
    ['{{ a | nope }}', 'there is no filter `nope`'],
    ['{{ a | upcased }}', 'there is no filter `upcased`; did you mean `upcase`?'],
    ['{{ a | strong }}', 'there is no filter `strong`; did you mean `strip` or `strip_html` or `strip_newlines`?'],
    ['{{ a | sample }}', 'the filter `sample` is refused: it picks by chance, so that no rendering could be repeated'],
    ['{{ a | truncate: 1, 2, 3 }}', 'the filter `truncate` takes 0 to 2 arguments, not 3'],
    ['{{ a | append }}', 'the filter `append` takes 1 argument, not 0'],
    ['{{ a | size: 1 }}', 'the filter `size` takes 0 arguments, not 1'],
    ['{{ a | map: b }}', "the property that `map` reads is written in the template: 'name', or 'author.name'"],
    [`{{ a${'.b'.repeat(51)} }}`, 'a path has more than 50 steps'],
    [
      '{{ forloop }}',
      'of `forloop` there are `forloop.index`, `forloop.index0`, `forloop.first`, `forloop.last`, `forloop.rindex`, `forloop.rindex0`, `forloop.length`, `forloop.row`, `forloop.col`, `forloop.col0`, `forloop.col_first`, `forloop.col_last`',
    ],
  ])('says of %s what is wrong with its value', (source, message) => {
    expect(wordsOf(source)).toBe(message);
  });

  it('refuses what would cost more than a template may', () => {
    const hostile: Record<string, string> = {
      'a long text': 'x'.repeat(templateLimits.length + 1),
      'many outputs': '{{a}}'.repeat(templateLimits.tags + 1),
      'many lines of liquid': `{% liquid\n${'echo a\n'.repeat(templateLimits.tags + 1)}%}`,
      'deep blocks': '{% if a %}'.repeat(templateLimits.depth + 1),
      'deep liquid': `{% ${'liquid '.repeat(1000)} %}`,
      'deep brackets': `{{ ${'a['.repeat(60_000)} }}`,
      'deep brackets behind a quote': `{{ '\\'' | append: ${'a['.repeat(60_000)} }}`,
      'deep parentheses': `{{ ${'('.repeat(90_000)} }}`,
      'a long expression': `{% if ${'a or '.repeat(5_000)} a %}{% endif %}`,
      'many alternatives': `{% case a %}{% when ${'1, '.repeat(5_000)} 2 %}{% endcase %}`,
      'many filters': `{{ a ${'| upcase '.repeat(5_000)} }}`,
      'a long path': `{{ a${'.b'.repeat(5_000)} }}`,
      'a large number': `{{ ${'9'.repeat(400)} }}`,
    };
    for (const [name, source] of Object.entries(hostile))
      expect([name, faultOf(source).split(' ')[0]]).toEqual([name, 'limit']);
  });

  it('takes an expression of as many operators and operands as one may have, and none of more', () => {
    const operands = Math.floor(templateLimits.operations / 2);
    const withNots = (nots: number) =>
      `{% if ${Array.from({ length: operands }, (_, at) => (at < nots ? 'not a' : 'a')).join(' or ')} %}{% endif %}`;
    expect([faultOf(withNots(1)), faultOf(withNots(2)).split(' ')[0]]).toEqual(['none', 'limit']);
  });

  it.each([
    ['a\n\n  {{ x | nofilter }}\n {% bad %}', 'unknown_filter 3:10'],
    ['{{ x | one }}{{ y | two }}', 'unknown_filter 1:8'],
    ['{% bad %}\n{{ x | nofilter }}', 'unknown_tag 1:1'],
    ['{% if a %}{{ b | nofilter }}{% endif %}\n{% bad %}', 'unknown_filter 1:18'],
    // What is open there may be closed behind it: the tag is the first that is sure.
    ['{% if a %}{{ b | nofilter }}{% bad %}{% endif %}', 'unknown_tag 1:29'],
  ])('says of several faults the first: %j', (source, fault) => {
    expect(faultOf(source)).toBe(fault);
  });

  it('reads a note of many empty lines without going back over them', () => {
    expect(faultOf(`{% # a${'\n'.repeat(40_000)}x %}`)).toBe('syntax 1:1');
    expect(faultOf(`{% # a${'\n'.repeat(40_000)}# %}`)).toBe('none');
  });
});

describe('print', () => {
  it.each([
    ['{{name}}', '{{ name }}'],
    ['{ {%- if a -%} x {{- b -}} {% endif %}', '{ {%- if a %}x{{ b }}{% endif %}'],
    ['{{ "it\'s" }}', "{{ 'it\\'s' }}"],
    ["{% assign a = '%\\u007d' %}", "{% assign a = '\\u0025}' %}"],
    ['{{ ["first name"].x["a b"] }}', "{{ ['first name'].x['a b'] }}"],
    ['{% liquid\n assign a = 1\n echo a %}', '{% assign a = 1 %}{{ a }}'],
    ['{% raw %}{{ x }}{% endraw %}', '{% raw %}{{ x }}{% endraw %}'],
    ['{% comment %} {{ x }} {% endcomment %}', '{% comment %} {{ x }} {% endcomment %}'],
    ["{% render 'a/b' for xs as x,y:1 %}", "{% render 'a/b' for xs as x, y: 1 %}"],
    ["{% capture 'a' %}x{% endcapture %}{{ a }}", '{% capture a %}x{% endcapture %}{{ a }}'],
    ["{% capture 'a b' %}x{% endcapture %}", "{% capture 'a b' %}x{% endcapture %}"],
    [
      '{% for x in (1..n) reversed limit:2 %}{% else %}-{% endfor %}',
      '{% for x in (1..n) reversed limit: 2 %}{% else %}-{% endfor %}',
    ],
  ])('writes %s as %s', (source, printed) => {
    expect(print(parse(source))).toBe(printed);
    expect(print(parse(printed))).toBe(printed);
  });
});
