const rules = [
  'Read the ticket below before you say anything; quote the line that decides your answer.',
  'Never promise a date, a refund or a feature. If the customer sounds angry, say first what you understood.',
  'Answer as JSON with the keys "category", "urgency" (1 to 5) and "reply", and with nothing before or after it.',
];

/** Some 2,000 characters, and ten inputs: names, properties, a list, conditions, filters and a default. */
export const source = `You are a support engineer for {{ product }}, version {{ version }}.
Write in {{ language | default: "English" }}, as {{ agent.name }} of {{ agent.team }} would.
${Array.from({ length: 15 }, (_, index) => `${index + 1}. ${rules[index % rules.length]}`).join('\n')}
{% if tone %}Be {{ tone | downcase }}.{% endif %}
{% for article in articles %}{{ forloop.index }}. {{ article.title }}: {{ article.url }}
{% endfor %}
{% if tier == "gold" %}The customer, {{ customer }}, is a gold customer since {{ since }}.{% else %}{{ customer }} is a customer.{% endif %}
Ticket: {{ ticket }}`;

export const values = {
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
