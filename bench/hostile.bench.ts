import { inferInputs, parse, print, render, TemplateError } from '@promptory/template';
import { type Benchmark, median } from './benchmark.ts';

const LIMIT_MS = 50;
const repeated = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('');
const loop = (body: string): string =>
  `{% for a in (1..1000) %}{% for b in (1..1000) %}${body}{% endfor %}{% endfor %}`;

/** Each does as much of one thing as the limits let it. */
const templates: Record<string, string> = {
  'loops in loops': loop('x'),
  'filters in loops': loop('{{ text | upcase | downcase | append: "x" }}'),
  'paths in loops': loop('{{ a.b.c.d.e.f }}'),
  'conditions in loops': loop(`{% if ${'a or '.repeat(100)} a %}{% endif %}`),
  'alternatives in loops': loop(`{% case a %}{% when ${'0, '.repeat(400)} 0 %}{% endcase %}`),
  'cycles in loops': loop(`{% cycle ${"'a', ".repeat(200)} 'b' %}`),
  'sorting in loops': loop('{{ list | sort | first }}'),
  'growing texts': '{% assign a = text %}{% for i in (1..99) %}{% assign a = a | append: a %}{% endfor %}',
  'replacing by a long text': '{{ large | replace: "a", large }}',
  'searching for a long text':
    '{% assign p = large | slice: 0, 5000 | append: "b" %}{% if large contains p %}{% endif %}',
  'splitting and joining': '{% for i in (1..99) %}{{ large | split: "" | join: "" | size }}{% endfor %}',
  'patterns of Unicode': '{% for i in (1..99) %}{{ large | slugify | size }}{% endfor %}',
  'names of days': `{% for i in (1..99) %}{{ 'now' | date: '${'%A'.repeat(99)}' }}{% endfor %}`,
  'lists that hold themselves':
    '{% assign a = list %}{% for i in (1..99) %}{% assign g = a | group_by: "x" %}{% assign a = g | concat: g %}{% endfor %}{{ a | json }}',
  'many tags': repeated(1_900, (index) => `{% assign a${index} = b${index} %}`),
  'many branches': `{% if a %}${repeated(490, (index) => `{% elsif b${index} %}{% assign c${index} = d %}`)}{% endif %}`,
  'long expressions': repeated(150, () => `{% if ${'a and '.repeat(50)} b %}{% endif %}`),
  'deep loops': `${repeated(49, () => '{% for x in xs %}')}${repeated(1_000, (index) => `{{ x.a${index} }}`)}${'{% endfor %}'.repeat(49)}`,
  'deep brackets': `{{ ${'a['.repeat(24_000)} }}`,
  'a note of empty lines': `{% # a${'\n'.repeat(49_000)}x %}`,
};

const values = {
  text: 'Prompt',
  large: 'a'.repeat(100_000),
  list: Array.from({ length: 10_000 }, (_, index) => 10_000 - index),
};

/** What a server does with a template that somebody sends: reads it, infers its inputs, prints and renders it. */
function use(source: string): void {
  try {
    const template = parse(source);
    inferInputs([template]);
    print(template);
    render(template, values, 'lenient');
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
  }
}

/** Milliseconds of the processor: another process does not count. */
function processorMs(source: string): number {
  const before = process.cpuUsage();
  use(source);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export default {
  name: 'hostile',
  claim:
    'Whatever a template is, reading it, inferring its inputs, printing and rendering it ends within 50 ms of the processor.',
  async run() {
    for (const source of Object.values(templates)) for (let round = 0; round < 3; round++) use(source);
    const rows = Object.entries(templates).map(([label, source]) => {
      const ms = median(Array.from({ length: 7 }, () => processorMs(source)));
      return { label, values: [ms, ms / LIMIT_MS] };
    });
    const worst = Math.max(...rows.map(({ values: [ms = 0] }) => ms));
    return {
      tables: [{ columns: ['', 'ms', '× 50 ms'], rows }],
      ratios: [
        {
          label: 'the slowest template',
          value: worst / LIMIT_MS,
          target: { atMost: 1 },
          against: '50 ms of the processor',
        },
      ],
    };
  },
} satisfies Benchmark;
