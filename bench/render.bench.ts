import { inferInputs, parse, render } from '@promptory/template';
import { Liquid } from 'liquidjs';
import { type Benchmark, medians } from './benchmark.ts';

const rules = [
  'Read the ticket below before you say anything; quote the line that decides your answer.',
  'Never promise a date, a refund or a feature. If the customer sounds angry, say first what you understood.',
  'Answer as JSON with the keys "category", "urgency" (1 to 5) and "reply", and with nothing before or after it.',
];

/** Some 2,000 characters, and ten inputs: names, properties, a list, conditions, filters and a default. */
const source = `You are a support engineer for {{ product }}, version {{ version }}.
Write in {{ language | default: "English" }}, as {{ agent.name }} of {{ agent.team }} would.
${Array.from({ length: 15 }, (_, index) => `${index + 1}. ${rules[index % rules.length]}`).join('\n')}
{% if tone %}Be {{ tone | downcase }}.{% endif %}
{% for article in articles %}{{ forloop.index }}. {{ article.title }}: {{ article.url }}
{% endfor %}
{% if tier == "gold" %}The customer, {{ customer }}, is a gold customer since {{ since }}.{% else %}{{ customer }} is a customer.{% endif %}
Ticket: {{ ticket }}`;

const values = {
  product: 'Promptory',
  version: 4,
  language: 'German',
  agent: { name: 'Ann', team: 'Support' },
  tone: 'Kind',
  articles: Array.from({ length: 3 }, (_, index) => ({
    title: `Article ${index}`,
    url: `https://example.org/${index}`,
  })),
  tier: 'gold',
  customer: 'Bob',
  since: 2024,
  ticket: 'Since the last release my prompts are gone. '.repeat(8),
};

const template = parse(source);
const strict = inferInputs([template]);
const liquid = new Liquid({ ownPropertyOnly: true, strictFilters: true });
const parsed = liquid.parse(source);

export default {
  name: 'render',
  claim:
    'Rendering a prompt of ten inputs and two kilobytes, once parsed, takes at most 1.5 times as long as plain LiquidJS, which neither bounds its work nor looks at the values first.',
  async run() {
    if (render(template, values, strict) !== liquid.renderSync(parsed, values)) throw new Error('both render the same');
    const { plain, bounded } = await medians(
      {
        plain: () => liquid.renderSync(parsed, values),
        bounded: () => render(template, values, strict),
      },
      { rounds: 200, iterations: 100 },
    );
    const row = (label: string, ms: number) => ({ label, values: [ms * 1000, ms / plain] });
    return {
      tables: [
        { columns: ['', 'µs', '× plain LiquidJS'], rows: [row('plain LiquidJS', plain), row('render', bounded)] },
      ],
      ratios: [
        {
          label: 'render',
          value: bounded / plain,
          target: { atMost: 1.5 },
          against: 'plain LiquidJS',
          note: `${(bounded * 1000).toFixed(1)} µs`,
        },
      ],
    };
  },
} satisfies Benchmark;
